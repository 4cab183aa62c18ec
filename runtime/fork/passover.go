//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// passed is the signal that PassOver was called for, 0 if none, and what its effect was before.
var passed struct {
	signal syscall.Signal
	before sigaction
}

func passOver(s syscall.Signal) error {
	var a sigaction
	if e := setAction(s, nil, &a); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", s, e)
	}
	passed.before = a
	// The rest is as the Go runtime has it for a signal of its own: of one that was ignored nothing is set, not even how
	// a handler returns.
	if e := setAction(unix.SIGURG, nil, &a); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", unix.SIGURG, e)
	}
	a.handler = onPassedPC()
	if e := setAction(s, &a, nil); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", s, e)
	}
	passed.signal = s
	return nil
}
