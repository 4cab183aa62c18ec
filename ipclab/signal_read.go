package ipclab

import (
	"io"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bound"
)

// ReadWithin is Read with a time limit: for a FIFO, pipe or socket to which nobody may write. The call is the same blocking
// read(2), interrupted by a signal to its thread when the time is up, as alarm(2) would do it in C. What is there is read
// whatever the limit. Errors: ETIMEDOUT when the limit has passed, EINVAL for a negative one, and those of Read.
func (fd FD) ReadWithin(p []byte, limit time.Duration) (int, error) {
	number, err := fd.checked()
	if err == nil && limit < 0 {
		err = because(unix.EINVAL, "limit %v: want 0 or more", limit)
	}
	if err != nil {
		return 0, fd.failed("read", err)
	}
	deadline := time.Now().Add(limit)
	read := func() (int, error) { return unix.Read(number, p) }
	n, err := retry(func() (int, error) { return bound.Call(deadline, read) })
	switch {
	case err == unix.ETIMEDOUT:
		return 0, fd.failed("read", because(unix.ETIMEDOUT, "nothing came within %v", limit))
	case err != nil:
		return 0, fd.failed("read", err)
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}
