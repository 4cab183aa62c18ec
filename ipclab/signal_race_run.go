package ipclab

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/internal/shm"
)

// sleeps are the ways to sleep. Each sets the alarm by ring and waits; it reports whether the alarm ended the wait, and
// not something else.
var sleeps = []sleepMethod{
	{"alarm, pause", 0, func(ring func()) bool {
		ring()
		return handlers.PauseOnce()
	}},
	{"alarm, pause, siglongjmp", 0, func(ring func()) (rang bool) {
		defer func() {
			if rang = recover() == errRang; !rang {
				panic("the wait ended, and the handler did not run")
			}
		}()
		jump = true
		defer func() { jump = false }()
		ring()
		for {
			handlers.Pause()
		}
	}},
	{"alarm, sigsuspend", alarmSet, func(ring func()) bool {
		ring()
		return handlers.SuspendOnce(0)
	}},
	{"alarm, ppoll", alarmSet, func(ring func()) bool {
		ring()
		return handlers.PollOnce(0)
	}},
}

// A sleepMethod is a way to sleep, with the signals blocked in it.
type sleepMethod struct {
	name  string
	mask  handlers.Set
	sleep func(ring func()) bool
}

// alarmSet is the set of SIGALRM.
const alarmSet = handlers.Set(1) << (unix.SIGALRM - 1)

// errRang is with what the handler leaves a wait, if jump is set.
var (
	errRang any = new(int)
	jump    bool
)

// An alarmRace is one way to sleep, many times. The two processes share two words:
//
//	runsAt    sleeps that are over, of the child
//	threadAt  the child's thread that sleeps
type alarmRace struct {
	AlarmRaceOptions
	way    sleepMethod
	memory *shm.Region
}

const (
	runsAt   = 0
	threadAt = 8
	raceSize = 16
)

// run has the child sleep and ends the sleeps that hang.
func (a alarmRace) run() (row AlarmRaceRow, err error) {
	if a.memory, err = shm.New(raceSize, true); err != nil {
		return row, err
	}
	s, err := newSignalSubject(a.Limit, a.sleep)
	if err != nil {
		return row, err
	}
	defer s.end()
	if err := a.watch(s); err != nil {
		return row, err
	}
	row = AlarmRaceRow{Method: a.way.name, Runs: a.Runs}
	err = s.hear(&row.Hangs, (*int64)(&row.Longest), (*int64)(&row.Elapsed))
	return row, err
}

// watch nudges the child where it makes no progress, until it reports.
func (a alarmRace) watch(s *signalSubject) error {
	fds := []unix.PollFd{{Fd: int32(s.report.r), Events: unix.POLLIN}}
	for before := uint64(0); time.Now().Before(s.deadline); {
		ready, err := retry(func() (int, error) { return unix.Poll(fds, int(a.Patience.Milliseconds())) })
		if err != nil || ready > 0 {
			return err
		}
		done := a.memory.Load64(runsAt)
		if thread := a.memory.Load64(threadAt); thread != 0 && done == before {
			_ = handlers.Nudge(s.pid, int(thread)) // a child that has ended is told of by what it does not report
		}
		before = done
	}
	return because(unix.ETIMEDOUT, "%d of %d sleeps done within %v", a.memory.Load64(runsAt), a.Runs, a.Limit)
}

// sleep is what the child does.
func (a alarmRace) sleep(s *signalSubject) error {
	ring := handlers.Action{Handler: func(*handlers.Info) {
		if jump {
			panic(errRang)
		}
	}}
	if err := handlers.SetAction(int(unix.SIGALRM), ring); err != nil {
		return err
	}
	handlers.SetMask(a.way.mask)
	a.memory.Store64(threadAt, uint64(unix.Gettid()))
	hangs, longest, begun := 0, time.Duration(0), time.Now()
	for i := range a.Runs {
		start := time.Now()
		if !a.once(i) {
			hangs++
		}
		longest = max(longest, time.Since(start))
		a.memory.Store64(runsAt, uint64(i+1))
	}
	return s.say(hangs, int64(longest), int64(time.Since(begun)))
}

// once sleeps once, and reports whether the alarm ended it. A wait that something else ended, while the alarm is still to
// ring, goes on as a new sleep.
func (a alarmRace) once(i int) bool {
	const some = 7919 // a prime: the times are spread evenly, and the same ones in each way
	micros := 1 + (i*some)%max(int(a.Alarm/time.Microsecond), 1)
	after := unix.Itimerval{Value: unix.NsecToTimeval(int64(micros) * int64(time.Microsecond))}
	for {
		if a.way.sleep(func() { unix.Setitimer(unix.ItimerReal, after) }) {
			return true
		}
		left, err := unix.Getitimer(unix.ItimerReal)
		waiting, _ := handlers.Pending()
		if err == nil && left == (unix.Itimerval{}) && waiting&alarmSet == 0 {
			return false
		}
	}
}
