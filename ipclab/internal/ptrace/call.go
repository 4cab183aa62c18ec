package ptrace

import (
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/sysname"
	"ipclab/ipclab/signame"
	"ipclab/runtime/fork"
)

// A call is one that has begun.
type call struct {
	event Event
	call  sysname.Call
	at    time.Time // when it went on into the kernel
	usage usage     // of the thread, then
}

// A place is where a thread's memory and descriptors are.
type place struct {
	pid  int
	look Look
}

func (p place) Memory(address uint64, b []byte) int { return memory(p.pid, address, b) }
func (p place) Descriptor(fd int) string            { return p.look.describe(p.pid, fd) }

// atCall handles the beginning or the end of a call; finished means that nothing more is to be recorded.
func (t *tracer) atCall(k *task) (finished bool) {
	now := time.Now()
	i, err := syscallInfo(k.tid)
	if err != nil {
		return false // it has been killed
	}
	switch i.op {
	case atEntry:
		if i.nr == unix.SYS_PRCTL && i.args[0] == Mark {
			return t.marked(i.args[1])
		}
		if t.recording {
			t.enter(k, i)
		}
	case atExit:
		if k.call != nil {
			t.exit(k, i, now)
		}
	}
	return false
}

func (t *tracer) marked(what uint64) (finished bool) {
	if what == Begin {
		t.recording, t.begun = true, time.Now()
		t.report.Begun = monotonic()
	}
	return what == Finish
}

// enter reads a call before the kernel makes it.
func (t *tracer) enter(k *task, i info) {
	c := &call{call: sysname.Call{Name: sysname.Name(i.nr), Args: i.args}}
	c.event = k.event(Call, 0)
	c.event.Name = c.call.Name
	c.event.Inside = t.hidden[k.pid] || inside(k, i)
	c.event.Args = sysname.Arguments(&c.call, nil, t.place(k))
	c.event.Move = t.moveAtEntry(k, c)
	k.call = c
	c.usage = k.usage()
	c.at = time.Now()
	c.event.Start = c.at.Sub(t.begun)
}

// exit reads what the kernel filled in.
func (t *tracer) exit(k *task, i info, now time.Time) {
	c := k.call
	c.call.Returned, c.call.Result = true, i.result
	if i.isError {
		c.call.Errno = syscall.Errno(-i.result)
		c.call.Result = -1
	}
	c.event.Duration = now.Sub(c.at)
	c.moveAtExit(k.pid)
	t.look.changed(c.call.Name)
	c.event.System, c.event.Waited = spent(c.usage, k.usage(), c.event.Duration)
	t.leave(k)
}

// leave records the call that a thread was in.
func (t *tracer) leave(k *task) {
	c := k.call
	if c == nil {
		return
	}
	k.call = nil
	if c.call.Returned {
		c.event.Args = sysname.Arguments(&c.call, c.event.Args, t.place(k))
	}
	c.event.Returned, c.event.Result, c.event.Errno = c.call.Returned, c.call.Result, c.call.Errno
	c.event.Text = sysname.Result(&c.call, t.place(k))
	t.keep(c.event)
}

// unfinished records the calls that go on at the end, and puts all in the order in which they began.
func (t *tracer) unfinished() {
	for _, k := range t.tasks {
		t.leave(k)
	}
	slices.SortStableFunc(t.report.Events, func(a, b Event) int { return int(a.Start - b.Start) })
}

// signal records that a thread is about to get a signal.
func (t *tracer) signal(k *task, s syscall.Signal) {
	e := k.event(Signal, time.Since(t.begun))
	e.Name = signame.Of(s)
	e.Sender = sender(k.tid)
	e.Inside = t.hidden[k.pid] || t.hidden[e.Sender] || !k.foreign && slices.Contains(ofThreads, s)
	t.keep(e)
}

// ofThreads are the signals by which the Go runtime stops its threads, for its scheduler and for calls that concern all, and
// the two by which package fork does.
var ofThreads = []syscall.Signal{unix.SIGURG, 33, fork.StopSignal, fork.NudgeSignal}

// monotonic returns the time of CLOCK_MONOTONIC, which is the same in all processes.
func monotonic() time.Duration {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return time.Duration(now.Nano())
}

func (t *tracer) place(k *task) place { return place{pid: k.pid, look: t.look} }

func (k *task) event(kind Kind, start time.Duration) Event {
	return Event{Kind: kind, Pid: k.pid, Tid: k.tid, Program: k.program, Foreign: k.foreign, Start: start}
}
