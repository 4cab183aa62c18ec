// Package rawcall makes the system calls read and write as a C program would: at once, with nothing of the Go scheduler
// before or after.
//
// It is for measurements, in a process forked for the purpose. It is not a faster way to do input and output. The calls go
// by package syscall, since there are three functions more on the way of package unix, which is 2 % of a round trip.
//
// The hazard: the Go runtime does not know that the thread blocks. Its processor is not handed to another thread, and a
// garbage collection waits until the call returns. Use it on a locked thread, with the collector off.
package rawcall

import (
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ReadFull fills p from descriptor fd. The error is io.EOF if the data ends before that, or an errno. See read(2).
func ReadFull(fd int, p []byte) error {
	for len(p) > 0 {
		n, _, errno := syscall.RawSyscall6(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), 0, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return errno
		case n == 0:
			return io.EOF
		default:
			p = p[n:]
		}
	}
	return nil
}

// WriteFull writes p to descriptor fd. The error is an errno. See write(2).
func WriteFull(fd int, p []byte) error {
	for len(p) > 0 {
		n, _, errno := syscall.RawSyscall6(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), 0, 0, 0)
		switch errno {
		case unix.EINTR:
		case 0:
			p = p[n:]
		default:
			return errno
		}
	}
	return nil
}
