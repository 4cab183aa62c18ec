package ipclab

import (
	"fmt"
	"os"
	"slices"

	"ipclab/ipclab/internal/perf"
	"ipclab/ipclab/internal/ptrace"
	"ipclab/ipclab/internal/sysname"
)

// A callWork is a piece of work whose system calls are counted with those of others.
type callWork struct {
	run     func(n int) (pids []int, err error) // does it n times, in children with these numbers
	counted callCount
	err     error // of run
}

// The lengths of the two runs of each, where many are counted together: the memory for what is recorded has to do for all.
const (
	togetherShort = 20
	togetherLong  = 70
)

// countTogether counts the system calls of several pieces of work as countCalls does, but by one recording of tracepoints, since
// beginning and ending one takes some 50 ms. more says before each whether there is time for it. An error means that nothing was
// recorded, or too much.
func countTogether(works []*callWork, more func(i int) bool) error {
	var tallies [2]map[int]callTally // of short and long runs, by piece of work
	lengths := [2]int{togetherShort, togetherLong}
	for i := range tallies {
		tallies[i] = map[int]callTally{}
	}
	owner := map[int]callTally{} // by process
	calls, err := perf.Calls(func() {
		for i, w := range works {
			if !more(i) { // there may be time for a quicker one
				continue
			}
			for l, n := range lengths {
				var pids []int
				t := newCallTally()
				if pids, w.err = w.run(n); w.err != nil {
					break
				}
				tallies[l][i] = t
				for _, pid := range pids {
					owner[pid] = t
				}
			}
		}
	})
	if err != nil {
		return err
	}
	self := os.Getpid()
	for _, c := range calls {
		if t, ok := owner[c.Pid]; ok && c.Pid != self {
			t.add(sysname.Name(c.Number), !c.Foreign && ptrace.Inside(c.Number, c.Args[0], c.Stack))
		}
	}
	note := fmt.Sprintf("System calls were counted in two runs of %d and %d of their own, %s.", togetherShort, togetherLong, callCounters[0].note)
	for i, w := range works {
		short, long := tallies[0][i], tallies[1][i]
		if w.err == nil && long.program != nil {
			w.counted = callCount{each(short.program, long.program), each(short.runtime, long.runtime), note,
				byChance(short.program, long.program, togetherShort)}
		}
	}
	return nil
}

// each is what one piece of work takes.
func each(short, long map[string]int) map[string]float64 {
	out := map[string]float64{}
	for name, n := range long {
		if e := float64(n-short[name]) / (togetherLong - togetherShort); e > 0 {
			out[name] = e
		}
	}
	return out
}

// byChance names the calls of which the short run, of so many trips, made more than the long one, as who looks again and again
// until something is there does: how many there are for a trip cannot be told. Fewer than one a trip belong to the beginning or
// the end.
func byChance(short, long map[string]int, trips int) (names []string) {
	for name, n := range short {
		if n >= trips && n > long[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
