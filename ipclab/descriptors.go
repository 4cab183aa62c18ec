package ipclab

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/reserve"
)

// A DescriptorTable says which process held which descriptor at one moment.
type DescriptorTable struct {
	names map[int]string // of the processes, in words
	rows  []DescriptorRow
	notes []string
	all   bool // show the hidden ones too

	pids []int             // of the processes, parents first
	fds  []proc.Descriptor // what the rows were made of
}

// A DescriptorRow is one descriptor of one process. See proc_pid_fd(5) and proc_pid_fdinfo(5).
type DescriptorRow struct {
	Pid         int
	FD          FD
	What        string // "pipe 812, read end", a path, "socket 99", "terminal /dev/pts/0", "eventfd"
	Access      string // "read", "write" or "read, write"
	CloseOnExec bool   // closed in programs that the process starts
	Other       string // who holds the other end of a pipe: "4242 (8), 4243 (8)", process and descriptor
	hidden      bool   // it is the notebook's kernel's or the Go runtime's
}

// Descriptors returns the open descriptors of the experiment's processes: the notebook's process, or the compiled
// program, and its descendants; of the given processes only, if any are given. The two ends of a pipe are paired, and
// notes say where end of file cannot come because a write end is still open somewhere.
//
// Descriptors that the notebook's kernel and the Go runtime opened for themselves are left out; All shows them.
//
// Errors: ESRCH for a process that does not exist, EACCES for one that may not be looked into, EINVAL for a number that
// is not positive.
func Descriptors(pids ...int) (*DescriptorTable, error) {
	family, err := members(pids)
	if err != nil {
		return nil, err
	}
	t := &DescriptorTable{names: map[int]string{}}
	var fds []proc.Descriptor
	for _, s := range family {
		own, err := proc.Descriptors(s.Pid)
		if err != nil && !proc.Gone(err) {
			if len(pids) > 0 {
				return nil, &Error{Call: "Descriptors", Arg: pidText(s.Pid), Err: err}
			}
			t.notes = append(t.notes, fmt.Sprintf("The descriptors of process %d may not be read.", s.Pid))
		}
		t.names[s.Pid] = processName(s)
		t.pids = append(t.pids, s.Pid)
		fds = append(fds, own...)
	}
	t.pair(fds)
	t.fds = fds
	return t, nil
}

// members returns the processes to look at: those of the experiment, or those named.
func members(pids []int) ([]proc.Stat, error) {
	if len(pids) == 0 {
		family, orphans, err := experiment.members()
		if err != nil {
			return nil, &Error{Call: "Descriptors", Arg: "/proc", Err: err}
		}
		return append(family, orphans...), nil
	}
	var family []proc.Stat
	for _, pid := range pids {
		if pid <= 0 {
			return nil, &Error{Call: "Descriptors", Arg: pidText(pid), Err: because(unix.EINVAL, "a process number is positive")}
		}
		s, err := proc.ReadStat(pid)
		if err != nil {
			return nil, &Error{Call: "Descriptors", Arg: pidText(pid), Err: because(unix.ESRCH, "there is no such process")}
		}
		family = append(family, s)
	}
	return family, nil
}

// processName says what a process is to the reader of a table.
func processName(s proc.Stat) string {
	switch {
	case s.Pid == os.Getpid():
		return "this process"
	case sameProgram(s.Pid) && s.PPid == os.Getpid():
		return "child"
	case sameProgram(s.Pid):
		return fmt.Sprintf("child of %d", s.PPid)
	}
	return s.Comm
}

// sameProgram reports whether process pid runs this program: it does if it was forked and has started no other.
func sameProgram(pid int) bool {
	theirs, ok1 := proc.Exe(pid)
	ours, ok2 := proc.Exe(os.Getpid())
	return ok1 && ok2 && theirs == ours
}

// otherProgram reports whether process pid is known to run another program than this.
func otherProgram(pid int) bool {
	_, known := proc.Exe(pid)
	return known && !sameProgram(pid)
}

// pair makes the rows and says who holds the other ends.
func (t *DescriptorTable) pair(fds []proc.Descriptor) {
	inside := map[int]bool{}
	for pid := range t.names {
		inside[pid] = true
	}
	all, _ := proc.All()
	internal := internals(fds)
	hidden := func(d proc.Descriptor) bool { return slices.Contains(internal[d.Pid], d.Number) }
	shown := slices.DeleteFunc(slices.Clone(fds), hidden)
	outside, _ := proc.Outside(proc.Pipes(shown), inside, proc.Ancestors(all, os.Getpid()), func(d proc.Descriptor) bool {
		return reserve.Has(d.Number) && sameProgram(d.Pid)
	})
	pipes := proc.Pipes(append(shown, outside...))
	for _, d := range fds {
		t.rows = append(t.rows, DescriptorRow{
			Pid: d.Pid, FD: FD(d.Number), What: d.Describe(), Access: d.Access(),
			CloseOnExec: d.Info.Flags&unix.O_CLOEXEC != 0, Other: otherEnd(pipes, d),
			hidden: hidden(d),
		})
	}
	for _, p := range pipes {
		isOutside := func(d proc.Descriptor) bool { return d.File == p.File }
		if !slices.ContainsFunc(outside, isOutside) {
			t.notes = append(t.notes, pipeNotes(p)...)
		}
	}
}

// internals returns, for each process, the descriptors of the notebook's kernel and of the Go runtime. The former are
// only where this program runs: in another, the numbers mean something else.
func internals(fds []proc.Descriptor) map[int][]int {
	own := map[int][]proc.Descriptor{}
	for _, d := range fds {
		own[d.Pid] = append(own[d.Pid], d)
	}
	out := map[int][]int{}
	for pid, fds := range own {
		out[pid] = proc.GoRuntime(fds)
		if !sameProgram(pid) {
			continue
		}
		for _, d := range fds {
			if reserve.Has(d.Number) {
				out[pid] = append(out[pid], d.Number)
			}
		}
	}
	return out
}
