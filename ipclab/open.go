package ipclab

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bound"
)

// Open opens a file, FIFO or device by its path and returns a descriptor of it. The flags are those of open(2), from
// package golang.org/x/sys/unix: one of O_RDONLY, O_WRONLY and O_RDWR, joined by | with others such as O_NONBLOCK,
// O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_CLOEXEC. With O_CREAT, the permissions of a new file follow, 0o600 for example,
// from which the umask takes bits away; 0o666 if they are not given.
//
// A FIFO is opened from both sides or not at all:
//   - for reading, Open blocks until a process opens it for writing; for writing, until one opens it for reading;
//   - with O_NONBLOCK, opening for reading succeeds at once, and opening for writing fails with ENXIO as long as no
//     process has it open for reading;
//   - with O_RDWR, Linux opens both ends at once and never blocks; such a process never reads end of file, since it
//     holds a write end itself.
//
// As in C, the descriptor is not close-on-exec unless O_CLOEXEC is given. An open that a signal interrupts is made
// again; OpenWithin is Open with a time limit.
//
// Errors: ENOENT if there is no such file, EACCES if its permissions forbid it, ENXIO as above, EEXIST with
// O_CREAT|O_EXCL, EISDIR, ENOTDIR, ELOOP, EMFILE; EINVAL for permissions without O_CREAT, or outside 0 to 0o7777. See
// open(2) and fifo(7).
func Open(path string, flags int, permissions ...uint32) (FD, error) {
	mode, err := creationMode(flags, permissions)
	if err != nil {
		return -1, &Error{Call: "open", Arg: openText(path, flags), Err: err}
	}
	fd, err := retry(func() (int, error) { return unix.Open(path, flags, mode) })
	if err != nil {
		return -1, &Error{Call: "open", Arg: openText(path, flags), Err: openReason(path, flags, err)}
	}
	return FD(fd), nil
}

// OpenWithin is Open for a file that exists, with a time limit: for a FIFO at whose other end nobody may come. The call
// is the same blocking open(2), interrupted by a signal to its thread when the time is up, as alarm(2) would do it in C.
// One that another signal interrupts is made again, for what is left of the time. Other processes that wait for the FIFO
// are not disturbed.
//
// Errors: ETIMEDOUT when the limit has passed, EINVAL for a negative limit or O_CREAT, and those of Open.
func OpenWithin(path string, flags int, limit time.Duration) (FD, error) {
	var err error
	switch {
	case limit < 0:
		err = because(unix.EINVAL, "limit %v: want 0 or more", limit)
	case flags&unix.O_CREAT != 0:
		err = because(unix.EINVAL, "O_CREAT makes a plain file, which opens at once: use Open")
	}
	if err != nil {
		return -1, &Error{Call: "open", Arg: openText(path, flags), Err: err}
	}
	deadline := time.Now().Add(limit)
	open := func() (int, error) { return unix.Open(path, flags, 0) }
	fd, err := retry(func() (int, error) { return bound.Call(deadline, open) })
	if err == unix.ETIMEDOUT {
		err = because(unix.ETIMEDOUT, "nobody opened it for %s within %v", otherSide(flags), limit)
	} else if err != nil {
		err = openReason(path, flags, err)
	}
	if err != nil {
		return -1, &Error{Call: "open", Arg: openText(path, flags), Err: err}
	}
	return FD(fd), nil
}

// creationMode returns the permissions for a file that is made.
func creationMode(flags int, permissions []uint32) (uint32, error) {
	const usual, most = 0o666, 0o7777
	switch {
	case len(permissions) == 0:
		return usual, nil
	case len(permissions) > 1:
		return 0, because(unix.EINVAL, "permissions given %d times", len(permissions))
	case flags&unix.O_CREAT == 0:
		return 0, because(unix.EINVAL, "permissions are for a new file: give O_CREAT too, or leave them out")
	case permissions[0] > most:
		return 0, because(unix.EINVAL, "permissions %#o: want at most %#o", permissions[0], most)
	}
	return permissions[0], nil
}

// openReason says what an errno of open(2) means for this path and these flags.
func openReason(path string, flags int, err error) error {
	errno, ok := err.(unix.Errno)
	if !ok {
		return err
	}
	switch {
	case errno == unix.ENXIO && flags&unix.O_NONBLOCK != 0 && isFIFO(path):
		return because(errno, "no process has the FIFO open for reading, and O_NONBLOCK forbids to wait for one; "+
			"open the read end first, or open without O_NONBLOCK")
	case errno == unix.ENXIO && namesSocketFile(path):
		return because(errno, "it is a socket, which open(2) does not open; DoorOpen opens a door")
	case errno == unix.EACCES && isFIFO(path):
		return because(errno, "the FIFO's permissions are %#o", permissionsOf(path))
	case errno == unix.EACCES:
		return because(errno, "the permissions of the file, or of a folder on its path, forbid it")
	}
	return pathReason(path, errno)
}

// openText names the path and the access wanted.
func openText(path string, flags int) string {
	access := map[int]string{unix.O_RDONLY: "for reading", unix.O_WRONLY: "for writing", unix.O_RDWR: "for reading and writing"}
	words := []string{access[flags&unix.O_ACCMODE]}
	if flags&unix.O_NONBLOCK != 0 {
		words = append(words, "O_NONBLOCK")
	}
	return fmt.Sprintf("%s %s", path, strings.Join(words, ", "))
}

// otherSide says for what the other process opens a FIFO.
func otherSide(flags int) string {
	if flags&unix.O_ACCMODE == unix.O_RDONLY {
		return "writing"
	}
	return "reading"
}
