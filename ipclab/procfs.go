package ipclab

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"ipclab/ipclab/internal/proctext"
	"ipclab/ipclab/mime"
)

// A ProcField is one line of a file in /proc, as the kernel wrote it.
type ProcField struct{ Name, Value string }

// A VMStatTable is what /proc/vmstat said at one moment, or how it changed between two. See proc_vmstat(5).
type VMStatTable struct {
	rows  []VMStatRow
	since bool // the rows are differences
}

// A VMStatRow is one number of the virtual memory system. Those named nr_… say how many there are now, most others count
// events since the machine was started. Pages are of os.Getpagesize bytes.
type VMStatRow struct {
	Name   string
	Value  uint64
	Change int64 // since the earlier table; 0 in a table that is no difference
}

// VMStat reads /proc/vmstat. Errors: the operating system's where it cannot be read.
func VMStat() (*VMStatTable, error) {
	counters, err := readProc("VMStat", "/proc/vmstat", proctext.VMStat)
	if err != nil {
		return nil, err
	}
	t := &VMStatTable{}
	for _, c := range counters {
		t.rows = append(t.rows, VMStatRow{Name: c.Name, Value: c.Value})
	}
	return t, nil
}

// Since returns what changed since an earlier table, with the change.
func (t *VMStatTable) Since(earlier *VMStatTable) *VMStatTable {
	changes := &VMStatTable{since: true}
	for _, r := range t.Rows() {
		if before, ok := earlier.Value(r.Name); ok && before != r.Value {
			r.Change = int64(r.Value - before)
			changes.rows = append(changes.rows, r)
		}
	}
	return changes
}

// Value returns the number of a name; false if there is none.
func (t *VMStatTable) Value(name string) (uint64, bool) {
	for _, r := range t.Rows() {
		if r.Name == name {
			return r.Value, true
		}
	}
	return 0, false
}

// Rows returns the numbers in the kernel's order.
func (t *VMStatTable) Rows() []VMStatRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the numbers as a table.
func (t *VMStatTable) Table() *Table {
	if t != nil && t.since {
		table := NewTable("name", "value", "change").Caption("Virtual memory, what changed in /proc/vmstat")
		for _, r := range t.rows {
			table.Row(r.Name, r.Value, r.Change)
		}
		return table
	}
	table := NewTable("name", "value").Caption("Virtual memory, from /proc/vmstat")
	for _, r := range t.Rows() {
		table.Row(r.Name, r.Value)
	}
	return table
}

// String returns the table as text.
func (t *VMStatTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *VMStatTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }

// A CPUTable is the processors of the machine. See proc_cpuinfo(5).
type CPUTable struct{ rows []CPURow }

// A CPURow is one processor, as programs see it. What there is to read depends on its kind: what is missing is 0 or empty,
// and Fields has every line.
type CPURow struct {
	Processor int     // its number; -1 for lines about all of them
	Model     string  // amd64: "model name"; arm64 has numbers only: "implementer 0x41 part 0xd0c"
	MHz       float64 // now; amd64
	Cache     int     // KiB; amd64
	Core      string  // the core that it is a thread of, amd64: "physical id"/"core id"
	Flags     []string
	Fields    []ProcField
}

// CPUInfo reads /proc/cpuinfo. Errors: the operating system's where it cannot be read.
func CPUInfo() (*CPUTable, error) {
	groups, err := readProc("CPUInfo", "/proc/cpuinfo", proctext.CPUInfo)
	if err != nil {
		return nil, err
	}
	t := &CPUTable{}
	for _, pairs := range groups {
		t.rows = append(t.rows, cpuRow(pairs))
	}
	return t, nil
}

// cpuRow reads the lines of one processor.
func cpuRow(pairs []proctext.Pair) CPURow {
	find := func(name string) string { return proctext.Find(pairs, name) }
	r := CPURow{Processor: -1, Model: find("model name"), Fields: procFields(pairs)}
	if n, err := strconv.Atoi(find("processor")); err == nil {
		r.Processor = n
	}
	if part := find("CPU part"); r.Model == "" && part != "" {
		r.Model = fmt.Sprintf("implementer %s part %s", find("CPU implementer"), part)
	}
	if mhz, err := strconv.ParseFloat(find("cpu MHz"), 64); err == nil && !math.IsInf(mhz, 0) && !math.IsNaN(mhz) {
		r.MHz = mhz
	}
	r.Cache, _ = strconv.Atoi(strings.TrimSuffix(find("cache size"), " KB"))
	if core := find("core id"); core != "" {
		r.Core = find("physical id") + "/" + core
	}
	r.Flags = strings.Fields(find("flags") + find("Features")) // amd64, arm64
	return r
}

// procFields makes the public form of pairs.
func procFields(pairs []proctext.Pair) []ProcField {
	out := make([]ProcField, len(pairs))
	for i, p := range pairs {
		out[i] = ProcField(p)
	}
	return out
}

// Rows returns the processors in the kernel's order.
func (t *CPUTable) Rows() []CPURow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the processors as a table.
func (t *CPUTable) Table() *Table {
	table := NewTable("processor", "model", "frequency", "cache", "package/core", "flags").Units("", "", "MHz", "KiB", "", "").
		Caption("Processors, from /proc/cpuinfo")
	for _, r := range t.Rows() {
		if r.Processor >= 0 {
			table.Row(r.Processor, r.Model, ifKnown(r.MHz), ifKnown(r.Cache), r.Core, len(r.Flags))
		}
	}
	return table.Note("Flags: how many features the processor says it has; Rows()[0].Flags names them.")
}

// ifKnown returns n, or nothing for 0, which says that it is not known.
func ifKnown[N int | float64](n N) any {
	if n == 0 {
		return nil
	}
	return n
}

// String returns the table as text.
func (t *CPUTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *CPUTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }

// A Load is how busy the machine is and was. See proc_loadavg(5).
type Load struct {
	One, Five, Fifteen float64 // threads that ran, were ready to, or waited for a disk: averages over as many minutes
	Running            int     // threads that run or are ready to, now
	Threads            int     // threads that there are
	LastPid            int     // the number given to the newest process or thread
}

// LoadAverage reads /proc/loadavg. Errors: the operating system's where it cannot be read.
func LoadAverage() (*Load, error) {
	l, err := readProc("LoadAverage", "/proc/loadavg", proctext.LoadAverage)
	if err != nil {
		return nil, err
	}
	return &Load{l.One, l.Five, l.Fifteen, l.Running, l.Threads, l.LastPid}, nil
}

// Table returns the averages and numbers as a table.
func (l *Load) Table() *Table {
	table := NewTable("1 minute", "5 minutes", "15 minutes", "running", "threads", "newest process").
		Caption("Load, from /proc/loadavg")
	if l != nil {
		two := func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) } // as the kernel has them
		table.Row(two(l.One), two(l.Five), two(l.Fifteen), l.Running, l.Threads, l.LastPid)
	}
	return table
}

// String returns the table as text.
func (l *Load) String() string { return l.Table().String() }

// MIMEBundle returns the table in all its representations.
func (l *Load) MIMEBundle() mime.Bundle { return l.Table().MIMEBundle() }

// readProc reads a file of /proc and what stands in it.
func readProc[T any](call, path string, parse func(string) (T, error)) (T, error) {
	text, err := os.ReadFile(path)
	var out T
	if err == nil {
		out, err = parse(string(text))
	} else {
		err = bareErrno(err)
	}
	if err != nil {
		return out, &Error{Call: call, Arg: path, Err: err}
	}
	return out, nil
}
