package means

import (
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of raw means, beside read and write, which package rawcall has. They are made at once, with nothing of
// the Go scheduler before or after, and made again when a signal has interrupted them. They go by package syscall, since
// there are three functions more on the way of package unix: when a process goes on after another, the processor has
// forgotten to where functions return, and each return costs some 10 ns.

// send is send(2) of a packet.
func send(fd int, packet []byte) error {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(packet))), uintptr(len(packet)), unix.MSG_NOSIGNAL, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return errno
		case int(n) != len(packet):
			return io.ErrShortWrite
		default:
			return nil
		}
	}
}

// receive is recv(2) of a packet that fills the buffer. The error is io.EOF at the end, io.ErrUnexpectedEOF for a packet
// that is shorter.
func receive(fd int, packet []byte) error {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(packet))), uintptr(len(packet)), 0, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return errno
		case n == 0:
			return io.EOF
		case int(n) != len(packet):
			return io.ErrUnexpectedEOF
		default:
			return nil
		}
	}
}

// The operations of futex(2) between processes.
const (
	futexWait = 0
	futexWake = 1
)

// sleepWhile waits until it is woken, if the word still has the value. It may return at any time.
func sleepWhile(word *uint32, value uint32) {
	syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWait, uintptr(value), 0, 0, 0)
}

// wakeOne wakes one process that sleeps on the word.
func wakeOne(word *uint32) {
	syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake, 1, 0, 0, 0)
}

// rewrite is pwrite(2) of all the bytes, from the beginning of the file.
func rewrite(fd int, p []byte) error {
	for at := 0; at < len(p); {
		left := p[at:]
		n, _, errno := syscall.RawSyscall6(unix.SYS_PWRITE64, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(left))), uintptr(len(left)), uintptr(at), 0, 0)
		if errno != 0 && errno != unix.EINTR {
			return errno
		}
		if errno == 0 {
			at += int(n)
		}
	}
	return nil
}

// readOnce is pread(2) from the beginning of the file. It is no error if it is interrupted, or reads less: who polls reads again.
func readOnce(fd int, p []byte) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_PREAD64, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
	if errno == 0 || errno == unix.EINTR {
		return nil
	}
	return errno
}
