package ipclab

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
)

// Alarm has the kernel send SIGALRM to this process after the given time, and returns what was left of an alarm set
// before, which is gone; 0 if there was none. Alarm(0) only does that. Without a handler SIGALRM ends the process.
//
// Unlike alarm(2), which counts in seconds, it takes any time of a microsecond or more. Children do not inherit an alarm;
// a program that Exec starts does.
//
//	ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: func(ipclab.Siginfo) {}}) // no SaRestart
//	ipclab.Alarm(2 * time.Second)
//	n, err := fd.Read(buffer) // EINTR after 2 s
//	ipclab.Alarm(0)
//
// An alarm that rings before the call has begun is missed by it: see AlarmRace. FD.ReadWithin and Ppoll are safe.
//
// It is for a process of its own, as Sigaction. Errors: EPERM as there, EINVAL for a negative time. See alarm(2) and
// setitimer(2).
func Alarm(after time.Duration) (left time.Duration, err error) {
	if after < 0 {
		err = because(unix.EINVAL, "a time is 0 or more")
	} else {
		err = claimSignals()
	}
	if err != nil {
		return 0, &Error{Call: "alarm", Arg: after.String(), Err: err}
	}
	if after > 0 {
		after = max(after, time.Microsecond) // 0 would stop it
	}
	old, err := unix.Setitimer(unix.ItimerReal, unix.Itimerval{Value: unix.NsecToTimeval(after.Nanoseconds())})
	if err != nil {
		return 0, &Error{Call: "alarm", Arg: after.String(), Err: err}
	}
	handlers.Run()
	return time.Duration(old.Value.Nano()), nil
}

// Nanosleep sleeps for the given time, or until a handler has run: then the error is EINTR, whatever its flags, and left
// is the time that was not slept. time.Sleep, which is Go's, goes on after a handler. Errors: EINTR; EINVAL for a negative
// time. See nanosleep(2).
func Nanosleep(d time.Duration) (left time.Duration, err error) {
	if d < 0 {
		return 0, &Error{Call: "nanosleep", Arg: d.String(), Err: because(unix.EINVAL, "a time is 0 or more")}
	}
	begun := time.Now()
	if _, err = Ppoll(nil, d, nil); err == nil {
		return 0, nil
	}
	return max(d-time.Since(begun), 0), &Error{Call: "nanosleep", Arg: d.String(), Err: signalReason(err)}
}

// signalReason returns what is inside an *Error.
func signalReason(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Err
	}
	return err
}
