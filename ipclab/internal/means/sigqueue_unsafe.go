package means

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setSize is the size of a set of signals, which the calls want to be told.
const setSize = 8

// A siginfo is siginfo_t of a queued signal, as amd64 and arm64 have it.
type siginfo struct {
	number, errno, code int32
	_                   int32
	pid                 int32
	uid                 uint32
	value               uint64
	_                   [96]byte
}

// Both are 0 if the size is that of the kernel: the program does not build otherwise.
const (
	_ = uint(unsafe.Sizeof(siginfo{}) - 128)
	_ = uint(128 - unsafe.Sizeof(siginfo{}))
)

// self is getpid(2) and getuid(2).
func self() (pid int32, uid uint32) {
	p, _, _ := syscall.RawSyscall6(unix.SYS_GETPID, 0, 0, 0, 0, 0, 0)
	u, _, _ := syscall.RawSyscall6(unix.SYS_GETUID, 0, 0, 0, 0, 0, 0)
	return int32(p), uint32(u)
}

// queueSignal is rt_tgsigqueueinfo(2).
func queueSignal(process, thread int, sig unix.Signal, info *siginfo) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_RT_TGSIGQUEUEINFO, uintptr(process), uintptr(thread), uintptr(sig),
		uintptr(unsafe.Pointer(info)), 0, 0)
	return reason(errno)
}

// awaitSignal is sigwaitinfo(2).
func awaitSignal(set *uint64, info *siginfo) error {
	for {
		_, _, errno := syscall.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(info)),
			0, setSize, 0, 0)
		if errno == 0 || errno != unix.EINTR {
			return reason(errno)
		}
	}
}

// reason returns an errno as an error, nil for 0. An errno in an interface costs no memory: the package has them ready.
func reason(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

// An action is struct sigaction of the kernel.
type action struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// handle has the kernel call the function at pc on a signal, on the thread's signal stack, since that of a goroutine may
// be too small. The function makes the call to return by itself; amd64 demands a restorer.
func handle(sig unix.Signal, pc uintptr) error {
	const (
		onStack  = 0x08000000
		restorer = 0x04000000
	)
	a := action{handler: pc, flags: onStack | restorer, restorer: pc}
	_, _, errno := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&a)), 0, setSize, 0, 0)
	return reason(errno)
}

// suspend is sigsuspend(2); it returns when a signal has come.
func suspend(mask *uint64) {
	syscall.RawSyscall6(unix.SYS_RT_SIGSUSPEND, uintptr(unsafe.Pointer(mask)), setSize, 0, 0, 0, 0)
}

// sendTo is tgkill(2).
func sendTo(process, thread int, sig unix.Signal) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_TGKILL, uintptr(process), uintptr(thread), uintptr(sig), 0, 0, 0)
	return reason(errno)
}
