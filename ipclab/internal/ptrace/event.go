package ptrace

import (
	"syscall"
	"time"
)

// A Kind says what an event is.
type Kind int

// What may happen to a process.
const (
	Call   Kind = iota // it makes a system call
	Signal             // it gets a signal
	End                // it has ended
)

// An Event is one thing that happened to a thread.
type Event struct {
	Kind     Kind
	Pid, Tid int
	Program  string        // the name of the process
	Foreign  bool          // it runs another program than this
	Start    time.Duration // since the beginning of the trace
	Duration time.Duration // of a call that has returned
	System   time.Duration // of that, processor time of the thread
	Waited   time.Duration // of that, for something else than a processor
	Name     string        // of the call, or of the signal
	Args     []string
	Returned bool
	Result   int64
	Errno    syscall.Errno
	Text     string // the result, or how the process ended, in words
	Inside   bool   // a call that the user of this program does not know of
	Sender   int    // the process that sent a signal, or whose end a SIGCHLD tells; 0 if that is not known
	Move     Move   // of a call that moves data; empty for others
}

// A Report is what a tracer has seen.
type Report struct {
	Events []Event
	Begun  time.Duration // when the trace began, by CLOCK_MONOTONIC
	Lost   int           // events beyond the most that are kept
	Error  string        // why it could not trace
	Errno  syscall.Errno
}
