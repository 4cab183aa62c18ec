package ipclab

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
)

// countedTrips is about how many trips the counting of system calls makes, at most.
const countedTrips = 700

// count counts the system calls of each row, while there is time: all by one recording or, where that is not permitted, one
// after the other.
func (b *benchRun) count(p *benchProgress) error {
	subjects := b.countable()
	var works []*callWork
	for _, s := range subjects {
		works = append(works, &callWork{run: func(n int) ([]int, error) {
			x, err := b.runCounted(s, n)
			return x.pids(), err
		}})
	}
	more := func(i int) bool {
		interrupts.Check()
		p.at("system calls of " + subjects[i].label())
		p.done(1 - countingShare*(1-float64(i)/float64(len(subjects))))
		return b.timeFor(subjects[i], togetherShort+togetherLong)
	}
	if err := countTogether(works, more); err != nil {
		b.uncounted = nil
		return b.countEach(subjects, p)
	}
	for i, s := range subjects {
		if errors.Is(works[i].err, unix.EINTR) {
			return works[i].err
		}
		b.keepCount(s, works[i].counted, works[i].err)
	}
	return nil
}

// countEach counts the system calls of each row by itself.
func (b *benchRun) countEach(subjects []*subject, p *benchProgress) error {
	for i, s := range subjects {
		interrupts.Check()
		p.at("system calls of " + s.label())
		if !b.timeFor(s, countedTrips) {
			continue
		}
		calls, err := countCalls(func(n int) error {
			_, err := b.runCounted(s, n)
			return err
		})
		switch {
		case errors.Is(err, unix.EINTR):
			return err
		case errors.Is(err, unix.EPERM), errors.Is(err, unix.ENOSYS):
			b.note("System calls were not counted: %v.", err)
			return nil
		}
		b.keepCount(s, calls, err)
		p.done(1 - countingShare*(1-float64(i+1)/float64(len(subjects))))
	}
	return nil
}

// countable are the subjects, one for each row, the fastest first: where there is not time for all, it is those that make no
// system calls of which one wants to know it.
func (b *benchRun) countable() (list []*subject) {
	seen := map[*BenchRow]bool{}
	for _, s := range b.subjects {
		if s.times != nil && !seen[s.row] {
			seen[s.row] = true
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b *subject) int { return cmp.Compare(a.times.Percentile(50), b.times.Percentile(50)) })
	return list
}

// timeFor reports whether there is time for so many trips; if not, it keeps the name for a note.
func (b *benchRun) timeFor(s *subject, trips int) bool {
	if time.Duration(float64(trips)*s.times.Percentile(50)) < b.left() { // a mean is as long as what disturbed the machine
		return true
	}
	b.uncounted = append(b.uncounted, s.label())
	return false
}

// noteUncounted says in one note of which rows the system calls were not counted for lack of time. Rows of several sizes or
// placements have one name.
func (b *benchRun) noteUncounted() {
	slices.Sort(b.uncounted)
	if names := slices.Compact(b.uncounted); len(names) > 0 {
		b.note("There was no time to count the system calls of %s; a longer Limit gives it.", strings.Join(names, ", "))
	}
}

// keepCount puts into the row what was counted.
func (b *benchRun) keepCount(s *subject, calls callCount, err error) {
	switch {
	case err != nil:
		b.note("The system calls of %s were not counted: %v.", s.label(), err)
	case calls.program != nil:
		s.row.Calls, s.row.RuntimeCalls = perMessage(calls.program, s.oneWay), perMessage(calls.runtime, s.oneWay)
		s.row.Chance = calls.chance
		s.leaveOutChance()
		b.noteOnce("%s", calls.note)
	}
}

// leaveOutChance takes the calls whose number is chance out of those that were counted, and keeps their names.
func (s *subject) leaveOutChance() {
	for name := range s.row.Calls {
		if s.way != nil && s.way.Chance(name) {
			s.row.Chance = append(s.row.Chance, name)
		}
	}
	slices.Sort(s.row.Chance)
	s.row.Chance = slices.Compact(s.row.Chance)
	for _, name := range s.row.Chance {
		delete(s.row.Calls, name)
	}
}

// runCounted makes n trips, or sends n messages, and nothing is timed.
func (b *benchRun) runCounted(s *subject, n int) (*exchange, error) {
	x, err := b.exchange(s, timing{oneWay: s.oneWay, most: n, batch: 1, count: n})
	if err == nil && !s.oneWay && x.report.found(foundCount) < n {
		err = because(unix.ETIMEDOUT, "%d trips were not made within %v", n, b.options.Limit)
	}
	return x, err
}

// perMessage divides what was counted for a trip of two messages.
func perMessage(calls map[string]float64, oneWay bool) map[string]float64 {
	each := map[string]float64{}
	for name, n := range calls {
		if !oneWay || name != "sched_yield" { // by which client and server wait for each other at the end
			each[name] = n / messagesIn(oneWay)
		}
	}
	return each
}
