package ipclab

import (
	"strconv"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
)

// Sigprocmask changes which signals are blocked and returns which were: how is unix.SIG_BLOCK to add the set to them,
// unix.SIG_UNBLOCK to take it away, unix.SIG_SETMASK to have exactly these blocked. A blocked signal that is sent stays
// pending and comes when it is unblocked: then its handler has run when Sigprocmask returns.
//
//	old, err := ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGINT))
//	// what must not be interrupted
//	ipclab.Sigprocmask(unix.SIG_SETMASK, old)
//
// The mask is inherited by children, and by a program that Exec starts. SIGKILL and SIGSTOP cannot be blocked, and are
// left out without an error; so are faults and what the Go runtime and the notebook need, see Signals.
//
// It is for a process of its own, as Sigaction. Errors: EPERM as there, EINVAL if how is none of the three. See
// sigprocmask(2).
func Sigprocmask(how int, set Sigset) (old Sigset, err error) {
	change := map[int]func(handlers.Set) handlers.Set{
		unix.SIG_BLOCK:   func(s handlers.Set) handlers.Set { return s | handlers.Set(set) },
		unix.SIG_UNBLOCK: func(s handlers.Set) handlers.Set { return s &^ handlers.Set(set) },
		unix.SIG_SETMASK: func(handlers.Set) handlers.Set { return handlers.Set(set) },
	}[how]
	if change == nil {
		err = because(unix.EINVAL, "want unix.SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK")
		return 0, &Error{Call: "sigprocmask", Arg: "how " + strconv.Itoa(how), Err: err}
	}
	if err := claimSignals(); err != nil {
		return 0, &Error{Call: "sigprocmask", Arg: set.String(), Err: err}
	}
	return Sigset(handlers.ChangeMask(change)), nil
}

// Sigpending returns the signals that were sent to this process, are blocked, and wait to be unblocked or taken by
// Sigwaitinfo. Of a standard signal there is one at most, however often it was sent; of a real-time one the set does not
// tell how many there are. Errors: those of Sigprocmask. See sigpending(2).
func Sigpending() (Sigset, error) {
	if err := claimSignals(); err != nil {
		return 0, &Error{Call: "sigpending", Err: err}
	}
	set, err := handlers.Pending()
	if err != nil {
		return 0, &Error{Call: "sigpending", Err: err}
	}
	return Sigset(set), nil
}

// Sigsuspend waits for a signal, with the set blocked instead of what is blocked, and returns when a handler has run: the
// error is EINTR, always. The masks are changed and the wait begins in one step, so a signal that is blocked until then,
// and let in by the set, cannot come in between and be missed, as with Sigprocmask and Pause. See Pause.
//
//	old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGUSR1))
//	for !came { // set by the handler
//		ipclab.Sigsuspend(old)
//	}
//	ipclab.Sigprocmask(unix.SIG_SETMASK, old)
//
// Errors: EINTR, and EPERM as for Sigaction. See sigsuspend(2).
func Sigsuspend(set Sigset) error {
	if err := claimSignals(); err != nil {
		return &Error{Call: "sigsuspend", Arg: set.String(), Err: err}
	}
	handlers.Suspend(handlers.Set(set))
	return &Error{Call: "sigsuspend", Arg: set.String(), Err: unix.EINTR}
}

// Pause waits until a signal comes that has a handler, and returns when the handler has run: the error is EINTR, always.
// A signal that came just before is not waited for, which makes it unsafe to set an Alarm and then Pause: AlarmRace
// shows it. Sigsuspend is the cure. Errors: EINTR, and EPERM as for Sigaction. See pause(2).
func Pause() error {
	if err := claimSignals(); err != nil {
		return &Error{Call: "pause", Err: err}
	}
	handlers.Pause()
	return &Error{Call: "pause", Err: unix.EINTR}
}
