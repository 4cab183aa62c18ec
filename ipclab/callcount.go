package ipclab

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"ipclab/ipclab/internal/perf"
	"ipclab/ipclab/internal/ptrace"
	"ipclab/ipclab/internal/sysname"
)

// A callCount is how many system calls a piece of work takes, in the children that do it.
type callCount struct {
	program map[string]float64 // by name: those that the work asks for
	runtime map[string]float64 // by name: those that the Go runtime of the children makes for itself meanwhile
	note    string             // how they were counted
	chance  []string           // calls that the work makes as often as it happens to
}

// notes says how the calls of a round trip were counted, and what there was beside them if that is not next to nothing: the
// runtime has threads that look after the others now and then.
func (c callCount) notes(what string) []string {
	const nextToNothing = 0.5
	notes := []string{c.note}
	if sum := sumOf(c.runtime); sum >= nextToNothing {
		notes = append(notes, fmt.Sprintf("%s: beside the system calls of the program, the Go runtime makes %.2f a trip for itself: %s.", what, sum, mostly(c.runtime)))
	}
	return notes
}

// mostly lists the calls that are made most.
func mostly(calls map[string]float64) string {
	const most, least = 3, 0.05
	names := slices.SortedFunc(maps.Keys(calls), func(a, b string) int { return cmp.Or(cmp.Compare(calls[b], calls[a]), cmp.Compare(a, b)) })
	var parts []string
	for _, name := range names[:min(len(names), most)] {
		if calls[name] >= least {
			parts = append(parts, fmt.Sprintf("%s %.2f", name, calls[name]))
		}
	}
	return strings.Join(parts, ", ")
}

// sumOf adds in the order of the names, so that the sum is the same each time.
func sumOf(calls map[string]float64) (sum float64) {
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		sum += calls[name]
	}
	return sum
}

// callTally is the calls of a run.
type callTally struct{ program, runtime map[string]int }

func newCallTally() callTally { return callTally{program: map[string]int{}, runtime: map[string]int{}} }

// add counts a call. Reading the clock, a call on machines that cannot do it without, is the measurement's.
func (t callTally) add(name string, inside bool) {
	switch {
	case name == "clock_gettime":
	case inside:
		t.runtime[name]++
	default:
		t.program[name]++
	}
}

// A callCounter is a way to count the calls of a run.
type callCounter struct {
	short, long int // pieces of work in the two runs
	count       func(run func()) (callTally, error)
	note        string
}

// callCounters are the ways, the best first. By perf there may be too many calls for the memory there is for them.
var callCounters = []callCounter{
	{100, 600, tallyByPerf, "by the kernel's tracepoint raw_syscalls:sys_enter (perf_event_open)"},
	{20, 70, tallyByPerf, "by the kernel's tracepoint raw_syscalls:sys_enter (perf_event_open)"},
	{20, 70, tallyByPtrace, "by ptrace, for the kernel's tracepoints may not be used here"},
}

// countCalls counts the system calls that a piece of work takes in children of this process. run(n) does the work n times, in
// children that it forks on its own goroutine by forkOwn and waits for. It is called twice, with two lengths: what these
// runs differ by is what the work takes, since beginning and end cost both the same. The calls of this process do not count.
//
// Calls are counted by the kernel's tracepoints where these may be used, else by ptrace; the note says which. Both tell what
// the program asks for from what the Go runtime does, and are so slow that nothing must be timed meanwhile. Errors: those of
// run; those of Strace, where neither is permitted.
func countCalls(run func(n int) error) (callCount, error) {
	var failed error
	for _, c := range callCounters {
		var counted callCount
		var err error
		if counted, failed, err = c.each(run); err == nil {
			return counted, nil
		}
		if failed == nil {
			return callCount{}, err
		}
	}
	return callCount{}, failed
}

// each counts the calls of a piece of work. failed says why calls could not be counted in this way; err is that too, or the
// error of run.
func (c callCounter) each(run func(n int) error) (counted callCount, failed, err error) {
	var tallies [2]callTally
	for i, n := range []int{c.short, c.long} {
		var wrong error
		if tallies[i], failed = c.count(func() { wrong = run(n) }); failed != nil {
			return callCount{}, failed, failed
		}
		if wrong != nil {
			return callCount{}, nil, wrong
		}
	}
	per := func(short, long map[string]int) map[string]float64 {
		out := map[string]float64{}
		for name, n := range long {
			if each := float64(n-short[name]) / float64(c.long-c.short); each > 0 {
				out[name] = each
			}
		}
		return out
	}
	note := fmt.Sprintf("System calls were counted in two runs of %d and %d of their own, %s.", c.short, c.long, c.note)
	short, long := tallies[0], tallies[1]
	return callCount{per(short.program, long.program), per(short.runtime, long.runtime), note, byChance(short.program, long.program, c.short)}, nil, nil
}

// tallyByPerf counts the calls of the children that run forks, by tracepoints.
func tallyByPerf(run func()) (callTally, error) {
	t, self := newCallTally(), os.Getpid()
	calls, err := perf.Calls(run)
	if err != nil {
		return t, err
	}
	for _, c := range calls {
		if c.Pid != self {
			t.add(sysname.Name(c.Number), !c.Foreign && ptrace.Inside(c.Number, c.Args[0], c.Stack))
		}
	}
	return t, nil
}

// tallyByPtrace counts the calls of the children that run forks, by tracing them.
func tallyByPtrace(run func()) (callTally, error) {
	t, self := newCallTally(), os.Getpid()
	trace, err := Strace(run)
	if err != nil {
		return t, err
	}
	if trace.lost > 0 {
		return t, errors.New("more system calls than a trace keeps")
	}
	for _, e := range trace.All().Events() {
		if e.Pid != self && !e.Signal && e.Name != "" {
			t.add(e.Name, e.Inside)
		}
	}
	return t, nil
}
