package ipclab

import (
	"io"
	"math"
	"strconv"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorclient"
	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/interrupts"
	"ipclab/ipclab/reserve"
)

// An FD is a file descriptor: the small number by which a process refers to an open pipe, file, socket or device. 0 is
// standard input, 1 standard output, 2 standard error.
//
// It is no more than the number. Nothing closes it when the variable goes away, a copy of the number is the same
// descriptor, and a forked child has a descriptor of the same number on the same open file description. Reads and
// writes are the system calls themselves and block the process as they would in C.
//
// An FD is an io.Reader, io.Writer and io.Closer, so that fmt.Fscan(fd, …) and fmt.Fprintln(fd, …) work.
type FD int

// Read reads at most len(p) bytes into p and returns how many; it blocks until there is at least one byte. At end of
// file, when no process holds a write end any more, it returns 0 and io.EOF. A read that a signal interrupts is made
// again, unless a handler without SaRestart ran. Errors: EINTR after such a handler, see Sigaction; EBADF for a descriptor
// that is not open for reading; EAGAIN if nothing is there and the descriptor has O_NONBLOCK. See read(2).
func (fd FD) Read(p []byte) (int, error) {
	number, err := fd.checked()
	if err != nil {
		return 0, fd.failed("read", err)
	}
	n, err := retry(func() (int, error) { return unix.Read(number, p) })
	if err != nil {
		return 0, fd.failed("read", err)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Write writes all of p, in as many system calls as it takes; it blocks while a pipe or socket is full. Up to PIPE_BUF
// (4096) bytes go into a pipe in one piece. Errors: EBADF for a descriptor that is not open for writing; EAGAIN for one
// with O_NONBLOCK when there is no room; EPIPE when no process holds the read end. In C the process would die by SIGPIPE
// then; the Go runtime turns that signal into this error. EINTR if a handler without SaRestart ran before all was written.
// n counts the bytes written before an error. See write(2) and pipe(7).
func (fd FD) Write(p []byte) (n int, err error) {
	number, err := fd.checked()
	if err != nil {
		return 0, fd.failed("write", err)
	}
	for {
		m, err := retry(func() (int, error) { return unix.Write(number, p[n:]) })
		if err != nil {
			return n, fd.failed("write", err)
		}
		if n += m; n >= len(p) {
			return n, nil
		}
		if handlers.Cut() {
			return n, fd.failed("write", unix.EINTR)
		}
	}
}

// Close gives the descriptor back. Its number may be used again by the next call that opens something. The other end
// of a pipe is told only when the last descriptor of this end is closed, in all processes. Errors: EBADF for one that is
// not open, EPERM for one that the kernel of the notebook or the Go runtime needs for itself. See close(2).
func (fd FD) Close() error {
	if err := fd.available(); err != nil {
		return fd.failed("close", err)
	}
	doorclient.Forget(int(fd))
	// Linux has closed the descriptor even where it reports EINTR: to try again could close another one.
	if err := unix.Close(int(fd)); err != nil && err != unix.EINTR {
		return fd.failed("close", err)
	}
	return nil
}

// String returns "descriptor 7" for 7. Print int(fd) for the number alone.
func (fd FD) String() string { return "descriptor " + strconv.Itoa(int(fd)) }

// failed makes the error of a call on fd.
func (fd FD) failed(call string, err error) error {
	switch {
	case err == unix.EAGAIN && call == "read":
		err = because(unix.EAGAIN, "nothing is there now, and O_NONBLOCK forbids to wait; unix.Poll with POLLIN waits")
	case err == unix.EAGAIN && call == "write":
		err = because(unix.EAGAIN, "there is no room now, and O_NONBLOCK forbids to wait; unix.Poll with POLLOUT waits")
	}
	return &Error{Call: call, Arg: fd.String(), Err: err}
}

// checked returns fd as an argument for calls of package unix, which cut numbers to 32 bits.
func (fd FD) checked() (int, error) {
	if fd < 0 || fd > math.MaxInt32 {
		return -1, unix.EBADF
	}
	return int(fd), nil
}

// available returns an error if fd must not be closed or replaced.
func (fd FD) available() error {
	switch {
	case fd < 0 || fd > math.MaxInt32:
		return unix.EBADF
	case reserve.Has(int(fd)):
		return because(unix.EPERM, "in use by the notebook's kernel")
	case poller().has(int(fd)):
		return because(unix.EPERM, "in use by the Go runtime")
	}
	return nil
}

// retry makes a system call again for as long as a signal interrupts it and the cell is not to end, unless a handler
// without SaRestart ran: then the error is EINTR.
func retry(call func() (int, error)) (int, error) {
	for {
		n, again, err := handlers.Call(call)
		if !again {
			return n, err
		}
		interrupts.Check()
	}
}
