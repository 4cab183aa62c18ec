package ipclab

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
)

// countedTrips is about how many trips the counting of system calls makes.
const countedTrips = 700

// count counts the system calls of each row, while there is time.
func (b *benchRun) count(p *benchProgress) error {
	counted := map[*BenchRow]bool{}
	for i, s := range b.subjects {
		if s.times == nil || counted[s.row] {
			continue
		}
		counted[s.row] = true
		left := b.options.Limit - b.gone()
		if left <= 0 {
			b.note("The system calls of %s and what comes after it were not counted: time was up.", s.label())
			return nil
		}
		if time.Duration(countedTrips*s.times.Mean()) > left {
			b.note("The system calls of %s were not counted: its trips take too long for the time that was left.", s.label())
			continue
		}
		interrupts.Check()
		p.at("system calls of " + s.label())
		calls, err := countCalls(func(n int) error { return b.counted(s, n) })
		switch {
		case errors.Is(err, unix.EINTR):
			return err
		case errors.Is(err, unix.EPERM), errors.Is(err, unix.ENOSYS):
			b.note("System calls were not counted: %v.", err)
			return nil
		case err != nil:
			b.note("The system calls of %s were not counted: %v.", s.label(), err)
			continue
		}
		s.row.Calls, s.row.RuntimeCalls = perMessage(calls.program, s.oneWay), perMessage(calls.runtime, s.oneWay)
		b.note("%s", calls.note)
		p.done(1 - countingShare*(1-float64(i+1)/float64(len(b.subjects))))
	}
	return nil
}

// counted makes n trips, or sends n messages, and nothing is timed.
func (b *benchRun) counted(s *subject, n int) error {
	x, err := b.exchange(s, timing{oneWay: s.oneWay, most: n, batch: 1, count: n})
	if err == nil && !s.oneWay && x.report.found(foundCount) < n {
		err = because(unix.ETIMEDOUT, "%d trips were not made within %v", n, b.options.Limit)
	}
	return err
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
