package ipclab

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/internal/proctext"
	"ipclab/ipclab/mime"
)

// A ProcessReport is what /proc/PID said about a process at one moment. See proc_pid_stat(5), proc_pid_status(5),
// proc_pid_limits(5) and proc_pid_maps(5).
type ProcessReport struct {
	Pid     int
	Name    string // of the program, at most 15 bytes
	Command string // command line; the name in brackets for a zombie
	State   string // "running", "sleeping", "in disk sleep", "zombie", "stopped", "traced"
	Parent  int
	Group   int // process group
	Session int
	Threads int
	UID     int // effective user; -1 if it is not said

	Age         time.Duration // since it started
	User        time.Duration // processor time in the program, to 10 ms
	System      time.Duration // processor time in the kernel on its behalf, to 10 ms
	MinorFaults int           // page faults served without reading a disk
	MajorFaults int           // page faults that had to read one
	Voluntary   int           // context switches of the main thread because it waited
	Involuntary int           // context switches of the main thread because another's turn had come

	Size     int // virtual memory, in KiB
	Resident int // of it in memory, in KiB
	Peak     int // most that was resident at a time, in KiB

	Status   []ProcField    // every line of status
	Limits   []ProcessLimit // may not be read of another user's process: empty then
	Mappings []ProcessMapping

	notes []string
}

// A ProcessLimit is a resource limit. See getrlimit(2).
type ProcessLimit struct {
	Name       string // "Max open files"
	Soft, Hard string // a number, or "unlimited"
	Units      string // "files", "bytes"; may be empty
}

// A ProcessMapping is a part of a process's memory. See mmap(2).
type ProcessMapping struct {
	Start, End  uint64 // addresses, the end exclusive
	Permissions string // "rwx", with "-" for what is missing, then "s" for shared or "p" for private
	Offset      uint64 // in the file
	Path        string // "[heap]", "[stack]" and the like for what is no file; empty for anonymous memory
}

// procTick is the unit of times in /proc/PID/stat: USER_HZ is 100 on amd64 and arm64.
const procTick = 10 * time.Millisecond

// ReadProcess reads /proc/PID of one process: os.Getpid() for this one. Errors: ESRCH if there is no such process, EINVAL
// for a number that is not positive.
func ReadProcess(pid int) (*ProcessReport, error) {
	if pid <= 0 {
		return nil, &Error{Call: "ReadProcess", Arg: pidText(pid), Err: because(unix.EINVAL, "a process number is positive")}
	}
	r := &ProcessReport{Pid: pid}
	if err := r.read(); err != nil {
		if proc.Gone(err) {
			err = because(unix.ESRCH, "there is no such process")
		}
		return nil, &Error{Call: "ReadProcess", Arg: pidText(pid), Err: err}
	}
	return r, nil
}

// read reads the files. What only the process's user may read is left empty where this one may not.
func (r *ProcessReport) read() error {
	folder := "/proc/" + strconv.Itoa(r.Pid) + "/"
	stat, err := readWhole(folder + "stat")
	if err != nil {
		return err
	}
	if err := r.addStat(string(stat)); err != nil {
		return err
	}
	status, err := readWhole(folder + "status")
	if err != nil {
		return err
	}
	if err := r.addStatus(string(status)); err != nil {
		return err
	}
	r.Command = proc.Command(proc.Stat{Pid: r.Pid, Comm: r.Name})
	if text, err := readWhole(folder + "limits"); err == nil {
		r.addLimits(string(text))
	} else {
		r.notes = append(r.notes, "Its limits may not be read.")
	}
	if text, err := readWhole(folder + "maps"); err == nil {
		for _, m := range proctext.Maps(string(text)) {
			r.Mappings = append(r.Mappings, ProcessMapping{m.Start, m.End, m.Permissions, m.Offset, m.Path})
		}
	} else {
		r.notes = append(r.notes, "Its mappings may not be read.")
	}
	return nil
}

// addStat reads stat; the numbers are those of its fields in proc_pid_stat(5).
func (r *ProcessReport) addStat(text string) error {
	s, err := proctext.ProcessStat(text)
	if err != nil {
		return err
	}
	number := func(field int) int { return int(s.Field(field)) }
	r.Name, r.State = s.Name, stateName(s.State[0], nil)
	r.Parent, r.Group, r.Session = number(4), number(5), number(6)
	r.MinorFaults, r.MajorFaults, r.Threads = number(10), number(12), number(20)
	r.User, r.System = time.Duration(s.Field(14))*procTick, time.Duration(s.Field(15))*procTick
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) == nil {
		r.Age = max(time.Duration(now.Nano())-time.Duration(s.Field(22))*procTick, 0)
	}
	return nil
}

// addStatus reads status.
func (r *ProcessReport) addStatus(text string) error {
	pairs, err := proctext.Pairs(text)
	if err != nil {
		return err
	}
	find := func(name string) string { return proctext.Find(pairs, name) }
	r.Status = procFields(pairs)
	r.Size, r.Resident, r.Peak = proctext.KiB(find("VmSize")), proctext.KiB(find("VmRSS")), proctext.KiB(find("VmHWM"))
	r.Voluntary, _ = strconv.Atoi(find("voluntary_ctxt_switches"))
	r.Involuntary, _ = strconv.Atoi(find("nonvoluntary_ctxt_switches"))
	r.UID = -1
	if uids := strings.Fields(find("Uid")); len(uids) > 1 { // real, effective, saved, of the file system
		if uid, err := strconv.Atoi(uids[1]); err == nil {
			r.UID = uid
		}
	}
	return nil
}

// addLimits reads limits.
func (r *ProcessReport) addLimits(text string) {
	limits, _ := proctext.Limits(text)
	for _, l := range limits {
		r.Limits = append(r.Limits, ProcessLimit(l))
	}
}

// Table returns the main facts as a table.
func (r *ProcessReport) Table() *Table {
	table := NewTable("what", "value")
	if r == nil {
		return table
	}
	table.Caption(fmt.Sprintf("Process %d, from /proc/%d", r.Pid, r.Pid))
	for _, row := range [][2]any{
		{"name", r.Name}, {"command", shorten(r.Command, commandWidth)}, {"state", r.State}, {"parent", r.Parent},
		{"process group", r.Group}, {"session", r.Session}, {"effective user", r.UID}, {"threads", r.Threads},
		{"age", r.Age.Round(procTick)}, {"time in the program", r.User}, {"time in the kernel", r.System},
		{"page faults without a disk", r.MinorFaults}, {"page faults with one", r.MajorFaults},
		{"context switches to wait", r.Voluntary}, {"context switches when others' turn came", r.Involuntary},
		{"virtual memory (KiB)", r.Size}, {"resident (KiB)", r.Resident}, {"most resident (KiB)", r.Peak},
		{"mappings", len(r.Mappings)},
	} {
		table.Row(row[0], fmt.Sprint(row[1]))
	}
	for _, n := range r.notes {
		table.Note(n)
	}
	return table.Note("More: StatusTable(), LimitsTable(), MapsTable().")
}

// StatusTable returns every line of status as a table.
func (r *ProcessReport) StatusTable() *Table {
	table := NewTable("name", "value")
	if r != nil {
		for _, f := range r.Status {
			table.Row(f.Name, f.Value)
		}
		table.Caption(fmt.Sprintf("/proc/%d/status", r.Pid))
	}
	return table
}

// LimitsTable returns the resource limits as a table.
func (r *ProcessReport) LimitsTable() *Table {
	table := NewTable("limit", "soft", "hard", "unit")
	if r != nil {
		for _, l := range r.Limits {
			table.Row(l.Name, l.Soft, l.Hard, l.Units)
		}
		table.Caption(fmt.Sprintf("/proc/%d/limits", r.Pid))
	}
	return table
}

// MapsTable returns the mappings as a table, those of one file, or kind, and the same permissions added up, largest first.
func (r *ProcessReport) MapsTable() *Table {
	table := NewTable("what", "permissions", "mappings", "size").Units("", "", "", "KiB")
	if r == nil {
		return table
	}
	type kind struct{ path, permissions string }
	counts, sizes := map[kind]int{}, map[kind]uint64{}
	var kinds []kind
	for _, m := range r.Mappings {
		k := kind{m.Path, m.Permissions}
		if counts[k]++; counts[k] == 1 {
			kinds = append(kinds, k)
		}
		sizes[k] += m.End - m.Start
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return cmp.Compare(sizes[b], sizes[a]) })
	for _, k := range kinds {
		const inKiB = 1024
		what := k.path
		if what == "" {
			what = "anonymous memory"
		}
		table.Row(what, k.permissions, counts[k], sizes[k]/inKiB)
	}
	return table.Caption(fmt.Sprintf("/proc/%d/maps, summed up", r.Pid)).
		Note(fmt.Sprintf("Mapped is what may be used, not what is in memory, in pages of %d bytes.", os.Getpagesize()))
}

// String returns the main facts as text.
func (r *ProcessReport) String() string { return r.Table().String() }

// MIMEBundle returns the main facts in all their representations.
func (r *ProcessReport) MIMEBundle() mime.Bundle { return r.Table().MIMEBundle() }
