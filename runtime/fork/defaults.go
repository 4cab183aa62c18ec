//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// The Go runtime has a handler for nearly every signal. Of a signal that nobody asked for it takes no notice, or it
// prints what all goroutines do and exits. In a child such signals have the effect that signal(7) tells.

// lastSignal is the highest number of a signal.
const lastSignal = 64

// Sets of signals: bit n-1 is signal n.
const (
	// runtimeSignals are the Go runtime's own, also in a child: preemption and system calls for each thread. The others
	// are ignored by default, which is what the handler does, or settleSignals sees to them.
	runtimeSignals = 1<<(unix.SIGURG-1) | 1<<(sigPerThread-1) | 1<<(unix.SIGCHLD-1) | 1<<(unix.SIGWINCH-1) |
		1<<(unix.SIGINT-1) | 1<<(unix.SIGTERM-1)

	// kernelSignals are sent by the kernel when an instruction has failed, which is a panic in Go, or for a profile.
	kernelSignals = 1<<(unix.SIGILL-1) | 1<<(unix.SIGTRAP-1) | 1<<(unix.SIGBUS-1) | 1<<(unix.SIGFPE-1) |
		1<<(unix.SIGSEGV-1) | 1<<(unix.SIGSYS-1) | 1<<(unix.SIGPROF-1)

	// ownSignals come from the process itself, and end a call that fails then: SIGPIPE comes with EPIPE.
	ownSignals = 1<<(unix.SIGPIPE-1) | 1<<(LimitSignal-1)
)

// defaultUnasked gives the default effect to signals that nobody asked for. Part of the conductor, in the child.
//
//go:nosplit
func defaultUnasked() {
	for s := syscall.Signal(1); s <= lastSignal; s++ {
		bit := uint64(1) << (s - 1)
		var a sigaction
		if runtimeSignals&bit != 0 || setAction(s, nil, &a) != 0 {
			continue
		}
		asked := work.masked && work.blocked&bit == 0 && s != unix.SIGSTKFLT // which os/signal does not know
		switch {
		case a.handler != goHandler && a.handler != onPassedPC():
		case kernelSignals&bit != 0, ownSignals&bit != 0 && !asked:
			// os/signal, asked later, has to leave this handler: the runtime would call it as a function of C.
			a.handler = onSentPC()
			setAction(s, &a, nil)
		case !asked:
			setAction(s, &noAction, nil)
			forgetHandling(s)
		}
	}
}

// forgetHandling has the Go runtime believe what is true, that its handler is not there: it sets it again when
// os/signal is asked for the signal.
//
//go:nosplit
func forgetHandling(s syscall.Signal) { *(*uint32)(at(handlingSig + uintptr(s)*4)) = 0 }
