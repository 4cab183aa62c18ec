package ipclab

import (
	"cmp"
	"slices"
	"time"
)

// A callSum is all calls of a name in a trace.
type callSum struct {
	name                  string
	calls, failed         int
	wall, system, longest time.Duration
}

// Summary returns a row for each call, as strace -c does: first the one for which the kernel worked longest. Wall time is how
// long the calls took in all, waiting and tracing included; system time is how long the kernel worked for them, on behalf of
// the thread that called, a few microseconds a call of it for the tracing. System time is a row's share of all. A call that
// did not return is counted, without times.
func (t *SyscallTrace) Summary() *Table {
	sums, total := t.sums()
	table := NewTable("call", "calls", "failed", "system", "share of it", "wall", "mean wall", "longest").
		Units("", "", "", "ms", "%", "ms", "µs", "µs")
	for _, s := range sums {
		share := 100 * float64(s.system) / float64(max(total.system, 1))
		table.Row(s.name, s.calls, s.failed, s.system, share, s.wall, s.wall/time.Duration(s.calls), s.longest)
	}
	if len(sums) > 1 {
		table.Row("all", total.calls, total.failed, total.system, 100.0, total.wall, total.wall/time.Duration(total.calls), total.longest)
	}
	if total.calls > 0 && total.system == 0 {
		table.Note("This kernel does not say how long it worked for a call: it has no /proc/PID/schedstat.")
	}
	return t.notes(table)
}

// sums adds up the calls of each name, and all of them.
func (t *SyscallTrace) sums() (sums []*callSum, total callSum) {
	byName := map[string]*callSum{}
	for _, e := range t.Events() {
		if e.Signal || e.Name == "" {
			continue
		}
		s := byName[e.Name]
		if s == nil {
			s = &callSum{name: e.Name}
			byName[e.Name] = s
			sums = append(sums, s)
		}
		s.add(e)
		total.add(e)
	}
	slices.SortStableFunc(sums, func(a, b *callSum) int {
		return cmp.Or(cmp.Compare(b.system, a.system), cmp.Compare(b.wall, a.wall))
	})
	return sums, total
}

func (s *callSum) add(e SyscallEvent) {
	s.calls++
	if e.Errno != 0 {
		s.failed++
	}
	s.wall += e.Duration
	s.system += e.System
	s.longest = max(s.longest, e.Duration)
}
