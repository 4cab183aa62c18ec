//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const restart = 0x10000000 // SA_RESTART

// nudge reads the goroutine's descriptor while it may change: descriptors stay what they are for good, and
// what is read last is the id of a thread, which tgkill looks at again.
func nudge(g uintptr) error {
	if offsets.procid == 0 {
		return fmt.Errorf("%w: Init has not been called, or has failed", ErrUnsupported)
	}
	m := atomic.LoadUintptr((*uintptr)(at(g + offsets.m)))
	if m == 0 {
		return nil // it waits without a thread, or is about to run
	}
	thread := atomic.LoadUint64((*uint64)(at(m + offsets.procid)))
	if err := armNudgeSignal(); err != nil {
		return err
	}
	if err := unix.Tgkill(unix.Getpid(), int(thread), NudgeSignal); err != nil && err != unix.ESRCH {
		return fmt.Errorf("fork: tgkill: %w", err)
	}
	return nil
}

// armNudgeSignal makes sure that the signal does nothing, and that what it interrupts is not begun again.
// os/signal undoes that when it is asked for all signals, so this is done for each nudge.
func armNudgeSignal() error {
	var a sigaction
	if e := setAction(NudgeSignal, nil, &a); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", NudgeSignal, e)
	}
	if a.handler == onPassedPC() && a.flags&restart == 0 {
		return nil
	}
	a.handler = onPassedPC()
	a.flags = (a.flags | actionFlags) &^ restart
	if e := setAction(NudgeSignal, &a, nil); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", NudgeSignal, e)
	}
	return nil
}
