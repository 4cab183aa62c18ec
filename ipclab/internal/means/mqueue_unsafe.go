package means

import (
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mqSlots is how many messages a queue holds, the number that is usual in Linux.
const mqSlots = 10

// mqOpen makes a queue for messages of size bytes. The name ends with a 0; the kernel wants it without the slash.
func mqOpen(name []byte, size int) (int, error) {
	attributes := struct{ flags, slots, size, used, _, _, _, _ int64 }{slots: mqSlots, size: int64(size)}
	const flags = unix.O_RDWR | unix.O_CREAT | unix.O_EXCL | unix.O_CLOEXEC
	const owner = 0o600
	fd, _, errno := syscall.RawSyscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(unsafe.SliceData(name))), flags, owner, uintptr(unsafe.Pointer(&attributes)), 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(fd), nil
}

func mqUnlink(name []byte) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(unsafe.SliceData(name))), 0, 0, 0, 0, 0)
	return reason(errno)
}

func mqSend(fd int, message []byte) error {
	for {
		_, _, errno := syscall.RawSyscall6(unix.SYS_MQ_TIMEDSEND, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(message))), uintptr(len(message)), 0, 0, 0)
		if errno != unix.EINTR {
			return reason(errno)
		}
	}
}

func mqReceive(fd int, message []byte) error {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_MQ_TIMEDRECEIVE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(message))), uintptr(len(message)), 0, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return errno
		case int(n) != len(message):
			return io.ErrUnexpectedEOF
		default:
			return nil
		}
	}
}
