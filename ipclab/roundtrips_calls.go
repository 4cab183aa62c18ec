package ipclab

import (
	"maps"
	"os"
	"slices"
)

// The lengths of the two runs whose system calls are counted. What they differ by is what the trips make: beginning and
// end cost both the same.
const (
	countedShort = 20
	countedLong  = 70
)

// countCalls counts the system calls of a round trip, by name, in two traced runs of their own: run makes n trips and no
// others.
func countCalls(run func(n int) error) (map[string]float64, error) {
	var counts [2]map[string]int
	for i, n := range []int{countedShort, countedLong} {
		var failed error
		trace, err := Strace(func() { failed = run(n) })
		if err == nil {
			err = failed
		}
		if err != nil {
			return nil, err
		}
		counts[i] = trace.callsOfChildren()
	}
	calls := map[string]float64{}
	for name, n := range counts[1] {
		if each := float64(n-counts[0][name]) / (countedLong - countedShort); each > 0 {
			calls[name] = each
		}
	}
	return calls, nil
}

// callsOfChildren counts the calls that processes other than this one asked for. Reading the clock, a call on machines
// that cannot do it without, is the measurement's.
func (t *SyscallTrace) callsOfChildren() map[string]int {
	counts := map[string]int{}
	for _, e := range t.Events() {
		if e.Pid != os.Getpid() && !e.Signal && e.Name != "" && e.Name != "clock_gettime" {
			counts[e.Name]++
		}
	}
	return counts
}

// CallsPerTrip returns how many system calls a round trip takes, of client and server together; ok is false if they were
// not counted.
func (l *Latency) CallsPerTrip() (calls float64, ok bool) {
	if l == nil || l.Calls == nil {
		return 0, false
	}
	for _, name := range slices.Sorted(maps.Keys(l.Calls)) {
		calls += l.Calls[name]
	}
	return calls, true
}
