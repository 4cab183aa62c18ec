package ipclab

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/interrupts"
)

// Sigwaitinfo takes a signal of the set that is pending, and waits for one if none is. No handler runs for it: the
// signals have to be blocked, by Sigprocmask, or their handlers or default actions come first. Of several the one with
// the lowest number is taken first, of one number those that were sent first.
//
// It is for a process of its own, as Sigaction. Errors: EINTR if the handler of a signal outside the set ran; EPERM as
// for Sigaction; EINVAL for a set without a signal that can be waited for. See sigwaitinfo(2).
func Sigwaitinfo(set Sigset) (Siginfo, error) { return sigwait("sigwaitinfo", set, -1) }

// Sigtimedwait is Sigwaitinfo with a time limit; 0 takes what is pending and does not wait. Errors: EAGAIN if no signal
// of the set came within the limit, EINVAL for a negative one, and those of Sigwaitinfo. See sigtimedwait(2).
func Sigtimedwait(set Sigset, limit time.Duration) (Siginfo, error) {
	if limit < 0 {
		return Siginfo{}, &Error{Call: "sigtimedwait", Arg: set.String(), Err: because(unix.EINVAL, "limit %v: want 0 or more", limit)}
	}
	return sigwait("sigtimedwait", set, limit)
}

// sigwait waits for a signal, for ever if the limit is negative.
func sigwait(call string, set Sigset, limit time.Duration) (Siginfo, error) {
	err := error(nil)
	if set&takeable() == 0 {
		err = because(unix.EINVAL, "no signal of the set can be waited for")
	} else {
		err = claimSignals()
	}
	if err != nil {
		return Siginfo{}, &Error{Call: call, Arg: set.String(), Err: err}
	}
	info, err := handlers.Wait(handlers.Set(set), limit)
	if err == unix.EAGAIN {
		err = because(unix.EAGAIN, "none came within %v", limit)
	}
	if err != nil {
		return Siginfo{}, &Error{Call: call, Arg: set.String(), Err: err}
	}
	return siginfo(info), nil
}

// Ppoll waits until one of the descriptors is ready, a handler has run, or the limit has passed, and returns how many are
// ready. While it waits, mask is blocked instead of what is blocked: changed in one step with the wait, so that no signal
// is missed; with nil nothing is changed. A negative limit is none. What to wait for is in Events of each descriptor,
// unix.POLLIN for example, and what came in Revents.
//
// Errors: EINTR if a handler ran, whatever its flags; EPERM for a mask, as for Sigaction; EINVAL for more descriptors than
// the process may have. See ppoll(2).
func Ppoll(fds []unix.PollFd, limit time.Duration, mask *Sigset) (ready int, err error) {
	if mask != nil {
		err = claimSignals()
	}
	switch {
	case err != nil:
	case handlers.Here():
		ready, err = handlers.Poll(fds, limit, (*handlers.Set)(mask))
	default:
		ready, err = pollWithout(fds, limit)
	}
	if err != nil {
		return -1, &Error{Call: "ppoll", Err: err}
	}
	return ready, nil
}

// pollWithout is ppoll(2) in a process that has no handlers: other signals do not end it.
func pollWithout(fds []unix.PollFd, limit time.Duration) (ready int, err error) {
	for deadline := time.Now().Add(limit); ; {
		var left *unix.Timespec
		if limit >= 0 {
			t := unix.NsecToTimespec(int64(max(time.Until(deadline), 0)))
			left = &t
		}
		if ready, err = unix.Ppoll(fds, left, nil); err != unix.EINTR {
			return ready, err
		}
		interrupts.Check()
	}
}
