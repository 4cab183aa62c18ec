package ipclab

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"
)

// What is in this file runs in the two processes of an exchange.

// heapRoom is how much the heap of a measuring child may grow before the collector runs after all. The built-in
// mechanisms allocate nothing; functions of a user do.
const heapRoom = 256 << 20

// play prepares the process as a measuring one, does work and ends it: status 0 if work returns, 1 with a report if it
// panics.
func (x *exchange) play(r role, work func(party)) {
	if x.goroutine {
		go x.part(r, work)
		select {} // this goroutine may be tied to its thread
	}
	x.part(r, work)
}

func (x *exchange) part(r role, work func(party)) {
	defer func() {
		if v := recover(); v != nil {
			x.report.fail(r, fmt.Errorf("panic: %v", v))
		}
		unix.Exit(1)
	}()
	err := x.prepare(r)
	var p party
	if err == nil {
		p, err = x.join(r)
	}
	if err != nil {
		x.report.fail(r, err)
		unix.Exit(1)
	}
	work(p)
	x.report.finish(r)
	unix.Exit(0)
}

// prepare turns the collector off, puts the process on its processor and, unless it is to be as Go programs are, locks the
// thread.
func (x *exchange) prepare(r role) error {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	debug.SetMemoryLimit(int64(memory.Sys) + heapRoom)
	debug.SetGCPercent(-1)
	if !x.goroutine {
		runtime.LockOSThread()
	}
	if x.raw {
		if err := blockPreemption(); err != nil {
			return err
		}
	}
	if len(x.cpus) == 0 {
		return nil
	}
	cpu := x.cpus[min(int(r), len(x.cpus)-1)]
	if x.goroutine {
		return pinThreads(cpu)
	}
	return pin(0, cpu)
}

// pin puts a thread on a processor; 0 is the calling one.
func pin(thread, cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(thread, &set); err != nil {
		return &Error{Call: "sched_setaffinity", Err: err}
	}
	return nil
}

// pinThreads puts all threads of this process on a processor; those that it will make come to it too.
func pinThreads(cpu int) error {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			if err := pin(id, cpu); err != nil {
				return err
			}
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

// usage returns what the measuring part of the process has used: its thread or, where the Go scheduler chooses threads, all.
func (x *exchange) usage() unix.Rusage {
	who := unix.RUSAGE_THREAD
	if x.goroutine {
		who = unix.RUSAGE_SELF
	}
	var u unix.Rusage
	unix.Getrusage(who, &u) // with these arguments it cannot fail
	return u
}

// serve is the server: it answers until it has answered the last trip, and counts from when the client has warmed up.
func (x *exchange) serve(p party) {
	if x.timing.oneWay {
		x.take(p)
		return
	}
	var before unix.Rusage
	from := 0
	for trips := 1; ; trips++ {
		if err := p.end.Receive(p.in); err != nil {
			x.give(serverRole, err)
		}
		if err := p.end.Send(p.out); err != nil {
			x.give(serverRole, err)
		}
		at, last := x.report.mark()
		switch {
		case at == 0 || trips < at: // functions that do not wait for each other may be past it
		case last:
			if from > 0 {
				x.report.use(serverRole, trips-from, before, x.usage())
			}
			return
		case from == 0:
			from, before = trips, x.usage()
		}
	}
}

// take is the server of messages that are not answered. It takes as many as the client says, and says so, again and again.
func (x *exchange) take(p party) {
	var before unix.Rusage
	for taken, from := 0, 0; ; {
		handed := x.report.handed()
		if handed < 0 {
			return
		}
		if handed == taken {
			yield()
			continue
		}
		from, before = taken, x.usage()
		for ; taken < handed; taken++ {
			if err := p.end.Receive(p.in); err != nil {
				x.give(serverRole, err)
			}
		}
		x.report.use(serverRole, taken-from, before, x.usage())
		x.report.take(taken)
	}
}

// yield lets others run.
func yield() { unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// give ends the process with an error.
func (x *exchange) give(r role, err error) {
	x.report.fail(r, err)
	unix.Exit(1)
}
