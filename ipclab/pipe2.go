package ipclab

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Pipe2 is Pipe with flags, joined by |:
//   - unix.O_CLOEXEC: the descriptors are closed in programs that this process or its children start;
//   - unix.O_NONBLOCK: a read from an empty pipe and a write to a full one fail with EAGAIN instead of blocking;
//   - unix.O_DIRECT: packets instead of a stream. Each write(2) of at most PipeBuf bytes is a packet, and each read
//     returns one; what does not fit into the reader's buffer is lost.
//
// Errors: EINVAL for other flags, EMFILE when the process has too many descriptors open. See pipe(2).
func Pipe2(flags int) (r, w FD, err error) {
	const known = unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_DIRECT
	var ends [2]int
	if flags&^known != 0 {
		err = because(unix.EINVAL, "want O_CLOEXEC, O_NONBLOCK, O_DIRECT, or 0")
	} else {
		err = unix.Pipe2(ends[:], flags)
	}
	if err != nil {
		return -1, -1, &Error{Call: "pipe2", Arg: fmt.Sprintf("flags %#x", flags), Err: err}
	}
	return FD(ends[0]), FD(ends[1]), nil
}

// PipeSize returns how many bytes the pipe or FIFO holds: a write blocks when it is full. It is 65,536 unless it was
// changed. Errors: EBADF for a descriptor that is not open, or that is not a pipe's. See fcntl(2), F_GETPIPE_SZ.
func (fd FD) PipeSize() (int, error) {
	n, err := fd.fcntl(unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return 0, &Error{Call: "fcntl F_GETPIPE_SZ", Arg: fd.String(), Err: fd.notPipe(err)}
	}
	return n, nil
}

// SetPipeSize changes how many bytes the pipe or FIFO holds and returns how many it holds now: bytes rounded up to a
// power of two of pages, so that 5000 gives 8192, and 1 gives 4096. Both ends have the one size.
//
// Errors: EINVAL for fewer than 1 or more than 2^31 bytes; EPERM for more than /proc/sys/fs/pipe-max-size without
// CAP_SYS_RESOURCE, usually 1 MiB; EBUSY if more is in the pipe now than would fit; EBADF as for PipeSize. See fcntl(2),
// F_SETPIPE_SZ, and pipe(7).
func (fd FD) SetPipeSize(bytes int) (int, error) {
	const most = 1 << 31
	var n int
	err := error(because(unix.EINVAL, "want 1 to 2^31 bytes"))
	if bytes >= 1 && bytes <= most {
		n, err = fd.fcntl(unix.F_SETPIPE_SZ, bytes)
	}
	if err != nil {
		return 0, &Error{Call: "fcntl F_SETPIPE_SZ", Arg: fmt.Sprintf("%v, %s", fd, bytesText(bytes)), Err: fd.pipeSizeReason(err)}
	}
	return n, nil
}

// Buffered returns how many bytes wait in the pipe, FIFO or stream socket to be read. Of a pipe, either end may be
// asked. Errors: EBADF for a descriptor that is not open, ENOTTY for one that has no such count. See ioctl(2), FIONREAD.
func (fd FD) Buffered() (int, error) {
	number, err := fd.checked()
	n := 0
	if err == nil {
		n, err = unix.IoctlGetInt(number, unix.TIOCINQ)
	}
	if err != nil {
		return 0, fd.failed("ioctl FIONREAD", err)
	}
	return n, nil
}

// fcntl calls fcntl(2), whose argument is a C int.
func (fd FD) fcntl(command, argument int) (int, error) {
	number, err := fd.checked()
	if err != nil {
		return 0, err
	}
	return retry(func() (int, error) { return unix.FcntlInt(uintptr(number), command, argument) })
}

// notPipe says why a call for pipes had EBADF, which means two things.
func (fd FD) notPipe(err error) error {
	if err == unix.EBADF && fd.isOpen() {
		return because(unix.EBADF, "it is open, and not a pipe or FIFO")
	}
	return err
}

// isOpen reports whether fd is a descriptor of this process.
func (fd FD) isOpen() bool {
	_, err := fd.fcntl(unix.F_GETFD, 0)
	return err == nil
}

// pipeSizeReason says what an errno of F_SETPIPE_SZ means.
func (fd FD) pipeSizeReason(err error) error {
	switch err {
	case unix.EPERM:
		return because(unix.EPERM, "without CAP_SYS_RESOURCE at most %s are allowed (/proc/sys/fs/pipe-max-size), "+
			"and fewer once the pipes of this user hold many (pipe-user-pages-soft)", pipeSizeMost())
	case unix.EBUSY:
		n, _ := fd.Buffered()
		return because(unix.EBUSY, "%s wait in it to be read, and would not fit", bytesText(n))
	}
	return fd.notPipe(err)
}

// pipeSizeMost words the most that a pipe may hold, for who has no privileges.
func pipeSizeMost() string {
	text, err := os.ReadFile("/proc/sys/fs/pipe-max-size")
	if n, e := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && e == nil {
		return bytesText(n)
	}
	return "so many bytes"
}
