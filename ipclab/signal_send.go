package ipclab

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/reserve"
	"ipclab/ipclab/signame"
)

// Sigqueue sends a signal with a value to process pid: Siginfo.Value where it is taken. A signal from SIGRTMIN (34) on is
// queued as often as it is sent, and taken in that order; a standard one of which one is pending already is lost, with its
// value. Signal 0 sends nothing and checks that somebody is there.
//
// Errors: ESRCH if there is no such process; EPERM for another user's, and for the kernel of the notebook; EINVAL for a
// number that is no signal, or no process; EAGAIN if as many signals are queued as RLIMIT_SIGPENDING allows. See
// sigqueue(3).
func Sigqueue(pid int, sig syscall.Signal, value int) error {
	var err error
	switch {
	case pid <= 0:
		err = because(unix.EINVAL, "a value is sent to one process: name it")
	case reserve.Any() && pid == parentOf(experiment.fix()):
		err = because(unix.EPERM, "this is the kernel of the notebook")
	default:
		err = noProcess(handlers.Queue(pid, int(sig), handlers.NewInfo(int(sig), SiQueue, os.Getpid(), os.Getuid(), value)))
	}
	if err == unix.EAGAIN {
		err = because(unix.EAGAIN, "as many signals are queued as RLIMIT_SIGPENDING allows this user")
	}
	if err != nil {
		return &Error{Call: "sigqueue", Arg: fmt.Sprintf("%s, %s", pidText(pid), signame.Of(sig)), Err: err}
	}
	handlers.Run()
	return nil
}

// Raise sends a signal to this process. If it has a handler here and is not blocked, the handler has run when Raise
// returns. Errors: EINVAL for a number that is no signal. See raise(3).
func Raise(sig syscall.Signal) error {
	var err error
	if handlers.Here() {
		err = handlers.Raise(int(sig))
	} else {
		runtime.LockOSThread() // of all threads this one must take it, or it would go on
		err = unix.Tgkill(os.Getpid(), unix.Gettid(), sig)
		runtime.UnlockOSThread()
	}
	if err != nil {
		return &Error{Call: "raise", Arg: signame.Of(sig), Err: err}
	}
	return nil
}
