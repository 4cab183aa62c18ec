// Package bound gives a time limit to a system call that has none of its own, such as the open(2) of a FIFO: when the
// time is up, the thread that sits in the call gets a signal, and the call returns EINTR.
//
// It is what alarm(2) does for a C program, for one thread instead of the process. No descriptor and no other process
// takes part, so whoever waits for the same thing goes on waiting.
//
// The hazard: a signal that comes just before the call begins would be lost on it. So it is sent again until the call
// has returned.
package bound

import (
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/sigaction"
	"ipclab/runtime/fork"
)

// Signal is the real-time signal that ends calls whose time is up. It has a handler that does nothing: the Go runtime's,
// and in a child that of package fork.
const Signal = syscall.Signal(fork.LimitSignal)

// again is how long to wait before the signal is sent once more.
const again = time.Millisecond

// Call makes a system call that may block, once. The error is unix.ETIMEDOUT if the deadline ended it, and unix.EINTR if
// another signal did: then the caller may make it again. A call that does not block is made whatever the deadline.
func Call(deadline time.Time, call func() (int, error)) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := prepare(); err != nil {
		return -1, err
	}
	returned, stopped := make(chan struct{}), make(chan struct{})
	go func(thread int) {
		defer close(stopped)
		interrupt(thread, deadline, returned)
	}(unix.Gettid())
	defer func() { close(returned); <-stopped }()
	n, err := call()
	if err == unix.EINTR && !time.Now().Before(deadline) {
		err = unix.ETIMEDOUT
	}
	return n, err
}

// prepare lets the signal reach the calling thread and interrupt what it does.
func prepare() error {
	if err := sigaction.Interrupts(Signal); err != nil {
		return err
	}
	var set unix.Sigset_t
	set.Val[0] = 1 << (Signal - 1)
	return unix.PthreadSigmask(unix.SIG_UNBLOCK, &set, nil)
}

// interrupt sends the signal to a thread of this process from the deadline on, until the call has returned.
func interrupt(thread int, deadline time.Time, returned <-chan struct{}) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	for {
		select {
		case <-returned:
			return
		case <-timer.C:
			sigaction.Interrupts(Signal) // os/signal may have undone it
			unix.Tgkill(unix.Getpid(), thread, Signal)
			timer.Reset(again)
		}
	}
}
