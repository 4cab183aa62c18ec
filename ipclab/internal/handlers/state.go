package handlers

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A state is what the assembly knows and writes.
type state struct {
	thread   uint32 // takes the signals; 0 before Claim
	process  uint32 // its process
	pending  uint32 // a signal is noted, and its function has not run
	inCall   uint32 // that signal interrupted a system call that waited
	calling  uint32 // a call is being made that is to be interrupted
	armed    uint32 // the timer was started
	covered  uint32 // how many times another thread was told to block signals
	parked   uint32 // the goroutine is in a wait of Go's own
	alerts   uint32 // how many signals were noted meanwhile: a futex
	_        uint32
	timer    uint64     // id of the timer
	takeable uint64     // what Takeable returns
	mask     uint64     // the thread's, when the signal came
	step     uintptr    // a byte to set for the evaluator; 0 if there is none
	info     [16]uint64 // siginfo_t of the signal
	soon     [4]uint64  // struct itimerspec: when the timer is to interrupt a call, and how often
}

// now is the one state of this process.
var now = state{takeable: uint64(Takeable()), soon: [4]uint64{0, soonAfter, 0, soonAfter}}

// soonAfter is how long, in nanoseconds, a call may go on that a signal came just before.
const soonAfter = 500_000

// A Set is a set of signals as the kernel has it: bit n-1 is signal n.
type Set uint64

// Has reports whether the set has the signal.
func (s Set) Has(sig int) bool { return sig >= 1 && sig <= last && s&(1<<(sig-1)) != 0 }

// last is the highest number of a signal.
const last = 64

// nudge is the signal by which this package reaches threads: to have one block signals, or interrupt its call. Nobody
// else sends it, and the Go runtime blocks it in no thread, as it does most others in the thread of os/signal.
const nudge = int(unix.SIGSTKFLT)

// Takeable returns the signals that a process can handle and block: not SIGKILL and SIGSTOP, not those by which the C
// library, the Go runtime, package fork, package bound and this one reach threads, not the profiler's, and not faults.
func Takeable() Set {
	s := ^Set(0)
	for _, sig := range [...]int{
		int(unix.SIGKILL), int(unix.SIGSTOP), 32, 33, int(unix.SIGURG), 40, 41, 43, nudge, int(unix.SIGPROF),
		int(unix.SIGILL), int(unix.SIGTRAP), int(unix.SIGBUS), int(unix.SIGFPE), int(unix.SIGSEGV), int(unix.SIGSYS),
	} {
		s &^= 1 << (sig - 1)
	}
	return s
}

// Here reports whether the calling goroutine is the one that takes the signals of this process.
func Here() bool {
	t := atomic.LoadUint32(&now.thread)
	return t != 0 && t == uint32(unix.Gettid())
}

// Claimed reports whether a goroutine of this process takes its signals.
func Claimed() bool {
	return atomic.LoadUint32(&now.thread) != 0 && atomic.LoadUint32(&now.process) == uint32(unix.Getpid())
}
