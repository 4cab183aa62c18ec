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
)

// Signal is the real-time signal that ends calls whose time is up. The Go runtime has a handler for it that does
// nothing.
const Signal = syscall.Signal(43)

// again is how long to wait before the signal is sent once more.
const again = time.Millisecond

// Call makes a system call, again if a signal interrupts it, until the limit has passed; then the error is
// unix.ETIMEDOUT. A limit of zero or less has passed when the call first blocks.
func Call(limit time.Duration, call func() (int, error)) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := prepare(); err != nil {
		return -1, err
	}
	deadline := time.Now().Add(limit)
	returned, stopped := make(chan struct{}), make(chan struct{})
	go func(thread int) {
		defer close(stopped)
		interrupt(thread, limit, returned)
	}(unix.Gettid())
	defer func() { close(returned); <-stopped }()
	for {
		n, err := call()
		switch {
		case err != unix.EINTR:
			return n, err
		case !time.Now().Before(deadline):
			return n, unix.ETIMEDOUT
		}
	}
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

// interrupt sends the signal to a thread of this process once the limit has passed, until the call has returned.
func interrupt(thread int, limit time.Duration, returned <-chan struct{}) {
	timer := time.NewTimer(limit)
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
