package ipclab

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// What is in this file runs in the children of a measurement.

// heapRoom is how much the heap of a measuring child may grow before the collector runs after all. The built-in
// mechanisms allocate nothing; functions of a user do.
const heapRoom = 256 << 20

// play prepares the process as a measuring one, does work and ends it: status 0 if work returns, 1 with a report if it
// panics.
func (m *measurement) play(r role, work func()) {
	defer func() {
		if v := recover(); v != nil {
			m.report.fail(r, fmt.Errorf("panic: %v", v))
		}
		unix.Exit(1)
	}()
	if err := m.prepare(r); err != nil {
		m.report.fail(r, err)
		unix.Exit(1)
	}
	work()
	unix.Exit(0)
}

// prepare turns the collector off, locks the thread and puts it on its processor, and closes the other role's ends.
func (m *measurement) prepare(r role) error {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	debug.SetMemoryLimit(int64(memory.Sys) + heapRoom)
	debug.SetGCPercent(-1)
	runtime.LockOSThread()
	if m.line != (line{}) {
		m.line.keep(r)
		if err := blockPreemption(); err != nil {
			return err
		}
	}
	if cpus := m.options.CPUs; len(cpus) > 0 {
		var set unix.CPUSet
		set.Set(cpus[min(int(r), len(cpus)-1)])
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			return &Error{Call: "sched_setaffinity", Err: err}
		}
	}
	return nil
}

// blockPreemption blocks SIGURG, by which the Go runtime interrupts a thread every 10 ms that does not come back from a
// raw call.
func blockPreemption() error {
	var set unix.Sigset_t
	set.Val[0] = 1 << (unix.SIGURG - 1)
	return unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil)
}

// keep closes what a role does not use, so that the end of one process is end of file for the other.
func (l line) keep(r role) {
	unused := []int{l.serverReads, l.serverWrites}
	used := []int{l.clientReads, l.clientWrites}
	if r == serverRole {
		unused, used = used, unused
	}
	for i, fd := range unused {
		if fd != used[0] && fd != used[1] && (i == 0 || fd != unused[0]) {
			unix.Close(fd)
		}
	}
}

// measure is the client: trips to warm up, trips that count, and one more, announced as the last, that ends the server.
func (m *measurement) measure() {
	start := time.Now()
	warmUp := 0
	for ; warmUp < m.warmUp && time.Since(start) < m.options.Limit/2; warmUp++ {
		m.trip(0)
	}
	before := threadUsage()
	m.report.setWarm()
	trips := 0
	for back := time.Duration(0); trips < m.n && back <= m.options.Limit; trips++ {
		sent := time.Since(start)
		m.trip(trips)
		back = time.Since(start)
		m.report.sample(trips, back-sent)
	}
	after := threadUsage()
	m.report.used(clientRole, trips, after.Nvcsw-before.Nvcsw, after.Nivcsw-before.Nivcsw)
	m.report.setLast(warmUp + trips + 1)
	m.trip(trips)
}

// trip makes a round trip; if it fails, the process ends here.
func (m *measurement) trip(i int) {
	if err := m.client(); err != nil {
		m.report.fail(clientRole, fmt.Errorf("round trip %d: %w", i+1, err))
		unix.Exit(1)
	}
}

// serve is the server: it answers until it has answered the last trip, and counts from when the client has warmed up.
func (m *measurement) serve() {
	var before unix.Rusage
	counted := -1
	for trips := 1; ; trips++ {
		if err := m.server(); err != nil {
			m.report.fail(serverRole, err)
			unix.Exit(1)
		}
		if counted >= 0 {
			counted++
		} else if m.report.warm() {
			counted, before = 0, threadUsage()
		}
		if m.report.last(trips) {
			break
		}
	}
	if counted > 0 {
		after := threadUsage()
		m.report.used(serverRole, counted, after.Nvcsw-before.Nvcsw, after.Nivcsw-before.Nivcsw)
	}
}

// threadUsage returns what the calling thread has used.
func threadUsage() unix.Rusage {
	var u unix.Rusage
	unix.Getrusage(unix.RUSAGE_THREAD, &u) // with these arguments it cannot fail
	return u
}
