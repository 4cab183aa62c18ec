// Package sigaction reads and changes what this process does on a signal, as the kernel has it: sigaction(2) without
// the Go runtime in between.
//
// It is for single bits of a disposition, and for the default one. It is not os/signal, and cannot set a handler.
//
// The hazard: the Go runtime does not learn of the change, and undoes it when os/signal next asks for the signal.
package sigaction

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maskSize is the size of a set of signals in the kernel, which sigaction wants to be told.
const maskSize = 8

// restart is SA_RESTART of sigaction(2), by the kernel's numbers for amd64 and arm64.
const restart = 0x10000000

// An action is struct sigaction as the kernel of amd64 and arm64 has it.
type action struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// Default gives a signal its default effect in this process. See signal(7).
func Default(sig syscall.Signal) error { return set(sig, &action{}) }

// Interrupts lets a signal interrupt system calls that block: they return EINTR after its handler ran, where they would
// be made again otherwise. It does nothing if the signal has no handler. See signal(7), "Interruption of system calls".
func Interrupts(sig syscall.Signal) error {
	const handlers = 2 // numbers below are SIG_DFL and SIG_IGN
	a, err := get(sig)
	if err != nil || a.handler < handlers || a.flags&restart == 0 {
		return err
	}
	a.flags &^= restart
	return set(sig, &a)
}

// get returns what the process does on sig.
func get(sig syscall.Signal) (a action, err error) {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&a)), maskSize, 0, 0)
	return a, reason(errno)
}

// set changes what the process does on sig.
func set(sig syscall.Signal, a *action) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(a)), 0, maskSize, 0, 0)
	return reason(errno)
}

// reason returns errno as an error, nil for 0.
func reason(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
