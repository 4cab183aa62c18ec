// Package signame names signals as the Linux manual does.
package signame

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// The real-time signals of programs: the C library keeps 32 and 33 for itself.
const (
	realTimeFirst = 34
	realTimeLast  = 64
)

// Of returns the name of a signal: SIGKILL, SIGRTMIN, SIGRTMIN+3; "signal 32" for one without. See signal(7).
func Of(sig syscall.Signal) string {
	name := unix.SignalName(sig)
	switch {
	case name != "":
		return name
	case sig == realTimeFirst:
		return "SIGRTMIN"
	case sig > realTimeFirst && sig <= realTimeLast:
		return fmt.Sprintf("SIGRTMIN+%d", int(sig)-realTimeFirst)
	}
	return fmt.Sprintf("signal %d", int(sig))
}
