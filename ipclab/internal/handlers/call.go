package handlers

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Call makes a system call that may wait. Signals that come meanwhile interrupt it, and their functions run before Call
// returns. If the call was interrupted, again tells whether to begin it anew: the function had Restart, or none ran.
func Call(call func() (int, error)) (n int, again bool, err error) {
	if !Here() {
		n, err = call()
		return n, err == unix.EINTR, err
	}
	run()
	n, t, err := interruptible(call)
	cut = t.any && !t.restart
	return n, err == unix.EINTR && (!t.inCall || t.restart), err
}

// cut is what Cut returns.
var cut bool

// Cut reports whether a function without Restart ran during the last Call that this goroutine made, if it takes the
// signals. Such a call may have been cut short: a write returns how much was written.
func Cut() bool { return Here() && cut }

// interruptible makes a call that a signal which came just before it interrupts too.
func interruptible(call func() (int, error)) (n int, t taken, err error) {
	atomic.StoreUint32(&now.calling, 1)
	n, err = call()
	atomic.StoreUint32(&now.calling, 0)
	return n, run(), err
}

// Pause is pause(2): it returns when a function has run for a signal that came while it waited. One that came before is
// not waited for, as in C. Precondition: Claim has returned nil on this goroutine.
func Pause() {
	run()
	for first := true; ; first = false {
		_, t, _ := interruptible(func() (int, error) { return unix.Poll(nil, -1) })
		if t.inCall || t.any && !first {
			return
		}
	}
}

// Suspend is sigsuspend(2): it blocks the set instead of what is blocked, and returns when a function has run. No signal
// is lost between the two. Precondition: Claim has returned nil on this goroutine.
func Suspend(s Set) {
	coverNew()
	old := shut()
	for atomic.LoadUint32(&now.pending) == 0 {
		_ = suspend(s & Takeable())
	}
	handle(take(), s, old)
	run()
}

// The three that follow are one system call each, as a C program makes it. They return also when the signal nudge comes,
// and tell whether a function ran for a signal that came while the call waited. Precondition: Claim has returned nil on
// this goroutine, and no function calls one of them.

// PauseOnce is pause(2).
func PauseOnce() (caught bool) {
	_, _ = unix.Poll(nil, -1)
	t := run()
	return t.any && t.inCall
}

// SuspendOnce is sigsuspend(2).
func SuspendOnce(s Set) (caught bool) {
	old := shut()
	_ = suspend(s & Takeable()) // it returns EINTR, always
	return caughtBy(s, old)
}

// PollOnce is ppoll(2) without descriptors and without a limit.
func PollOnce(s Set) (caught bool) {
	old := shut()
	_, _ = poll(nil, nil, s&Takeable())
	return caughtBy(s, old)
}

// caughtBy ends a call that blocked s meanwhile.
func caughtBy(s, old Set) (caught bool) {
	if atomic.LoadUint32(&now.pending) == 0 {
		open(old)
		return false
	}
	handle(take(), s, old)
	run()
	return true
}

// Nudge interrupts the call of a thread that takes signals, in another process.
func Nudge(pid, thread int) error { return unix.Tgkill(pid, thread, unix.Signal(nudge)) }

// Poll is ppoll(2): it blocks the set, or what is blocked if it is nil, while it waits. A negative limit is none. The
// error is EINTR if a function ran. Precondition: Claim has returned nil on this goroutine.
func Poll(fds []unix.PollFd, limit time.Duration, s *Set) (n int, err error) {
	begun, old := time.Now(), shut()
	during := old
	if s != nil {
		during = *s & Takeable()
	}
	for {
		n, err = poll(fds, left(begun, limit), during)
		if atomic.LoadUint32(&now.pending) != 0 {
			handle(take(), during, old)
			run()
			if n > 0 {
				return n, nil
			}
			return -1, unix.EINTR
		}
		if err != unix.EINTR {
			open(old)
			return n, err
		}
	}
}

// Wait is sigtimedwait(2), without a limit if it is negative: it takes one of the set that is pending, or waits for it.
// The error is EAGAIN when the limit has passed, EINTR if a function ran. Precondition: Claim has returned nil on this
// goroutine.
func Wait(s Set, limit time.Duration) (*Info, error) {
	coverNew()
	run()
	info, begun := &Info{}, time.Now()
	for {
		_, t, err := interruptible(func() (int, error) { return 0, timedWait(s&Takeable(), info, left(begun, limit)) })
		if err != unix.EINTR || t.any && t.inCall {
			return info, err
		}
	}
}

// left returns what is left of a limit; nil if there is none.
func left(begun time.Time, limit time.Duration) *unix.Timespec {
	if limit < 0 {
		return nil
	}
	t := unix.NsecToTimespec(int64(max(limit-time.Since(begun), 0)))
	return &t
}
