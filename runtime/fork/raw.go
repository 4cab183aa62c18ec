//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor: runs while all other threads are stopped. See doc.go.

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	atFdcwd = ^uintptr(99) // AT_FDCWD

	// Known to the assembly, too.
	futexWait = 0 | 128 // FUTEX_WAIT, FUTEX_PRIVATE_FLAG
	futexWake = 1 | 128 // FUTEX_WAKE, FUTEX_PRIVATE_FLAG
	everyone  = 1 << 30 // for futexWake
)

// raw is a system call that the scheduler does not see. Addresses in its arguments have to be of global
// variables: for a local one the compiler may have other use as soon as its address is a number.
//
//go:nosplit
func raw(trap, a, b, c uintptr) (uintptr, syscall.Errno) {
	r, _, e := syscall.RawSyscall6(trap, a, b, c, 0, 0, 0)
	return r, e
}

// raw6 is raw with six arguments.
//
//go:nosplit
func raw6(trap, a, b, c, d, e, f uintptr) (uintptr, syscall.Errno) {
	r, _, err := syscall.RawSyscall6(trap, a, b, c, d, e, f)
	return r, err
}

// at makes a pointer of an address that is not the collector's business: a buffer that a global variable
// keeps alive, or what belongs to a stopped thread.
//
//go:nosplit
func at(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

//go:nosplit
func wake(word *uint32, n uintptr) {
	raw(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake, n)
}

// openRaw opens the file with the name at path, which ends with a zero byte, to read it.
//
//go:nosplit
func openRaw(path *byte, flags uintptr) (uintptr, syscall.Errno) {
	return raw6(unix.SYS_OPENAT, atFdcwd, uintptr(unsafe.Pointer(path)), unix.O_RDONLY|unix.O_CLOEXEC|flags, 0, 0, 0)
}

//go:nosplit
func closeRaw(fd uintptr) { raw(unix.SYS_CLOSE, fd, 0, 0) }
