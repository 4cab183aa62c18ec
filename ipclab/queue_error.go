package ipclab

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue"
)

// errNoQueue is the error of a call on a nil handle.
var errNoQueue = because(unix.EINVAL, "the handle is nil: it could not be made, or attached to; see that call's error")

// queueFileReason says what an error of making or opening a queue's or a ring's file means.
func queueFileReason(path string, err error) error {
	errno, _ := errors.AsType[unix.Errno](err)
	switch {
	case errors.Is(err, queue.ErrForeign):
		return because(unix.EINVAL, "%v", err)
	case errors.Is(err, queue.ErrNamespace):
		return because(unix.EOPNOTSUPP, "%v", err)
	case errno == unix.EEXIST:
		return because(errno, "the name is there already: attach to it, or remove it first with UnlinkQueue")
	case errno == unix.EACCES:
		return because(errno, "the permissions of the file, or of a folder on its path, forbid it")
	case errno == unix.EISDIR:
		return because(errno, "it is a folder")
	case errno == unix.ENXIO:
		return because(unix.EINVAL, "%v", queue.ErrForeign)
	case errno == unix.ENOSPC:
		return because(errno, "the disk has no room for all slots of it")
	case err == error(errno):
		return pathReason(path, errno)
	case errno == unix.EINVAL:
		return because(errno, "%s", withoutErrno(err))
	}
	return err
}

// withoutErrno returns the text of what was joined with an errno.
func withoutErrno(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		parts := joined.Unwrap()
		return parts[len(parts)-1].Error()
	}
	return err.Error()
}

// failed makes the error of a call on q.
func (q *Queue) failed(call string, err error) error {
	name := "queue without a name"
	if q != nil && q.path != "" {
		name = "queue " + q.path
	}
	return &Error{Call: call, Arg: name, Err: queueReason(err)}
}

// queueReason gives the machinery's errors their errno.
func queueReason(err error) error {
	for known, errno := range map[error]unix.Errno{
		queue.ErrDetached: unix.EBADF, queue.ErrDamaged: unix.EBADMSG, queue.ErrCut: unix.EIO, queue.ErrOrphan: unix.EOWNERDEAD,
	} {
		if err == known {
			return because(errno, "%v", err)
		}
	}
	return err
}

// putFailed is the error of Put.
func (q *Queue) putFailed(length int, limit time.Duration, err error) error {
	switch err {
	case unix.EMSGSIZE:
		err = because(unix.EMSGSIZE, "the message has %d bytes, the queue's have at most %d", length, q.Size())
	case queue.ErrClosed:
		err = because(unix.EPIPE, "it is closed: nothing may be put any more")
	case queue.ErrTime:
		err = q.late(limit, fmt.Sprintf("all %d slots were taken", q.Slots()))
	}
	return q.failed("put", err)
}

// getFailed is the error of Get for a message of length bytes.
func (q *Queue) getFailed(length, room int, limit time.Duration, err error) error {
	switch err {
	case unix.EMSGSIZE:
		err = because(unix.EMSGSIZE, "the message has %d bytes, the buffer %d; it is still in the queue", length, room)
	case queue.ErrClosed:
		return io.EOF
	case queue.ErrTime:
		err = q.late(limit, "no message was there")
	}
	return q.failed("get", err)
}

// late is the error of a limit that has passed: who holds the lock is to blame, if somebody still does.
func (q *Queue) late(limit time.Duration, why string) error {
	if s, err := q.engine.State(); err == nil && s.Holder != 0 {
		why += fmt.Sprintf(", or process %d held the lock", s.Holder.Pid())
	}
	return because(unix.ETIMEDOUT, "%s for %v", why, limit)
}
