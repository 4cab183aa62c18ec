package handlers

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls of the kernel that package unix does not have, with structures as amd64 and arm64 have them.

// setSize is the size of a set of signals, which the calls want to be told.
const setSize = 8

// Flags of sigaction(2) that only the kernel and its caller are to know.
const (
	flagSiginfo  = 0x4
	flagRestorer = 0x04000000
	flagOnStack  = 0x08000000
)

// Handlers whose numbers are no addresses.
const (
	handlerDefault = 0 // SIG_DFL
	handlerIgnore  = 1 // SIG_IGN
)

// An action is struct sigaction.
type action struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// caught is the action that has the kernel call the function at pc, with everything blocked that can be. The function
// returns by itself; the restorer is there because amd64 demands one.
func caught(pc uintptr, flags uint64) action {
	return action{handler: pc, flags: flags | flagSiginfo | flagRestorer | flagOnStack, restorer: pc, mask: uint64(Takeable())}
}

func getAction(sig int) (a action, err error) {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&a)), setSize, 0, 0)
	return a, reason(e)
}

func setAction(sig int, a action) error {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&a)), 0, setSize, 0, 0)
	return reason(e)
}

// getMask returns what the calling thread blocks.
func getMask() Set {
	var old Set
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, 0, uintptr(unsafe.Pointer(&old)), setSize, 0, 0)
	return old
}

// setMask has the calling thread block a set, of what it can block. It cannot fail.
func setMask(s Set) {
	s &= Takeable()
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&s)), 0, setSize, 0, 0)
}

// suspend is rt_sigsuspend(2).
func suspend(s Set) error {
	_, _, e := unix.Syscall(unix.SYS_RT_SIGSUSPEND, uintptr(unsafe.Pointer(&s)), setSize, 0)
	return reason(e)
}

// poll is ppoll(2).
func poll(fds []unix.PollFd, limit *unix.Timespec, s Set) (int, error) {
	var first unsafe.Pointer
	if len(fds) > 0 {
		first = unsafe.Pointer(&fds[0])
	}
	n, _, e := unix.Syscall6(unix.SYS_PPOLL, uintptr(first), uintptr(len(fds)), uintptr(unsafe.Pointer(limit)),
		uintptr(unsafe.Pointer(&s)), setSize, 0)
	return int(n), reason(e)
}

// pending is rt_sigpending(2).
func pending() (s Set, err error) {
	_, _, e := unix.RawSyscall(unix.SYS_RT_SIGPENDING, uintptr(unsafe.Pointer(&s)), setSize, 0)
	return s, reason(e)
}

// timedWait is rt_sigtimedwait(2).
func timedWait(s Set, i *Info, limit *unix.Timespec) error {
	_, _, e := unix.Syscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&s)), uintptr(unsafe.Pointer(i)),
		uintptr(unsafe.Pointer(limit)), setSize, 0, 0)
	return reason(e)
}

// Queue is rt_sigqueueinfo(2).
func Queue(pid, sig int, i *Info) error {
	_, _, e := unix.RawSyscall(unix.SYS_RT_SIGQUEUEINFO, uintptr(pid), uintptr(sig), uintptr(unsafe.Pointer(i)))
	return reason(e)
}

// sigevent is struct sigevent, for a signal to one thread.
type sigevent struct {
	value  uint64
	signo  int32
	notify int32
	thread int32
	_      [11]int32
}

const notifyThread = 4 // SIGEV_THREAD_ID

// newTimer makes the timer that interrupts calls of a thread.
func newTimer(thread int) (id uint64, err error) {
	event := sigevent{signo: int32(nudge), notify: notifyThread, thread: int32(thread)}
	var made int32
	_, _, e := unix.RawSyscall(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&event)), uintptr(unsafe.Pointer(&made)))
	return uint64(made), reason(e)
}

// stopTimer stops a timer.
func stopTimer(id uint64) {
	var never [4]uint64
	unix.RawSyscall6(unix.SYS_TIMER_SETTIME, uintptr(id), 0, uintptr(unsafe.Pointer(&never)), 0, 0, 0)
}

// awaitChange waits while the word has the value, or for less.
func awaitChange(word *uint32, value uint32) {
	unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWait, uintptr(value), 0, 0, 0)
}

// stepAddress is where the assembly finds the evaluator's flag, which stays where it is: the variable that points to it
// is never set again.
func stepAddress(flag *bool) uintptr { return uintptr(unsafe.Pointer(flag)) }

// reason returns an errno as an error, nil for 0.
func reason(e unix.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}
