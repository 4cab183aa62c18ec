package ipclab

import (
	"errors"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/owner"
)

// The file of a lock holds one line, the owner's name and a newline. It is written and removed only by who holds its
// flock(2) and has seen after that that the path leads to it. Then:
//   - an empty file is nobody's: who made it has been killed, or has not yet its flock and will see that it came too
//     late;
//   - an owner found to be gone stays so;
//   - a living owner cannot remove the file between the look at it and what follows.

// errMoved says that the path leads to another file by now, or none.
var errMoved = errors.New("the lock file went away meanwhile")

// take makes the file, or takes over a stale one. The error is a lockHeldError if it has an owner.
func (l *LockFile) take() error {
	for {
		if err := l.tryTake(); err != errMoved {
			return err
		}
	}
}

// tryTake is take, once. The error is errMoved if the file went away meanwhile.
func (l *LockFile) tryTake() error {
	const readable = 0o644
	const flags = unix.O_RDWR | unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NONBLOCK
	fd, err := retry(func() (int, error) {
		return unix.Open(l.path, flags|unix.O_CREAT|unix.O_EXCL, readable)
	})
	if err == unix.EEXIST {
		fd, err = retry(func() (int, error) { return unix.Open(l.path, flags, 0) })
		switch err {
		case unix.ENOENT:
			return errMoved
		case unix.EACCES: // it cannot be taken over, and perhaps need not
			return l.heldByOther(err)
		}
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return l.decide(fd)
}

// heldByOther returns who holds a file that this process may not write; err if that is nobody that lives.
func (l *LockFile) heldByOther(err error) error {
	if o, readErr := readLockFile(l.path); readErr == nil && o.State() != owner.Gone {
		return lockHeldError{o}
	}
	return err
}

// decide locks the file, and writes the owner into it if it has none that may live.
func (l *LockFile) decide(fd int) error {
	if err := lockLinked(fd, l.path); err != nil {
		return err
	}
	holder, err := readOwner(fd)
	switch {
	case err == nil && holder.State() != owner.Gone:
		return lockHeldError{holder}
	case err != nil && err != errNoOwner:
		return err
	}
	if err := writeOwner(fd, l.owner); err != nil { // the disk is full, for example
		unix.Unlink(l.path)
		return err
	}
	return nil
}

// lockLinked locks an open file, and returns errMoved if the path does not lead to it then.
func lockLinked(fd int, path string) error {
	if _, err := retry(func() (int, error) { return 0, unix.Flock(fd, unix.LOCK_EX) }); err != nil {
		return err
	}
	var opened, named unix.Stat_t
	if err := unix.Fstat(fd, &opened); err != nil {
		return err
	}
	if err := unix.Lstat(path, &named); err != nil && err != unix.ENOENT {
		return err
	} else if err != nil || opened.Ino != named.Ino || opened.Dev != named.Dev {
		return errMoved
	}
	return nil
}

// remove removes the file if this process is still named in it.
func (l *LockFile) remove() error {
	fd, err := retry(func() (int, error) { return unix.Open(l.path, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0) })
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := lockLinked(fd, l.path); err != nil {
		return unix.ENOENT
	}
	if holder, err := readOwner(fd); err != nil || holder != l.owner {
		return because(unix.ENOENT, "another has taken the name")
	}
	return unix.Unlink(l.path)
}

// takeWithin takes the lock, waiting for its owner to remove it or to end.
func (l *LockFile) takeWithin(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	watch := -1
	defer func() {
		if watch >= 0 {
			unix.Close(watch) // which takes the kernel some milliseconds
		}
	}()
	for {
		err := l.take()
		held, ok := err.(lockHeldError)
		switch {
		case !ok:
			return err
		case !time.Now().Before(deadline):
			return because(unix.ETIMEDOUT, "not free within %v: %v", limit, held)
		case watch < 0:
			watch, err = newInotify()
		default:
			err = l.awaitChange(watch, held.owner, deadline)
		}
		if err != nil {
			return err
		}
	}
}

// awaitChange returns when the lock file may be free, or at the deadline.
func (l *LockFile) awaitChange(watch int, holder owner.Owner, deadline time.Time) error {
	// The file's own watch tells of IN_ATTRIB when its last name goes; it may be open somewhere still.
	_, err := unix.InotifyAddWatch(watch, l.path, unix.IN_ATTRIB|unix.IN_DELETE_SELF|unix.IN_MOVE_SELF)
	if err == unix.ENOENT {
		return nil
	} else if err != nil {
		return err
	}
	drainInotify(watch)
	if now, err := readLockFile(l.path); err != nil || now != holder {
		return nil // it changed before the watch began
	}
	fds := []int{watch}
	if holder.State() != owner.Unknown {
		fd, err := holder.Watch()
		if err == unix.ESRCH {
			return nil
		} else if err != nil {
			return err
		}
		defer unix.Close(fd)
		fds = append(fds, fd)
	}
	return awaitAnyReadable(fds, deadline)
}

// readLockFile returns the owner that a lock file names.
func readLockFile(path string) (owner.Owner, error) {
	fd, err := retry(func() (int, error) {
		return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	})
	if err != nil {
		return owner.Owner{}, err
	}
	defer unix.Close(fd)
	o, err := readOwner(fd)
	if err == errNoOwner {
		err = owner.ErrFormat
	}
	return o, err
}

// errNoOwner says that a file is empty.
var errNoOwner = errors.New("the lock file names nobody yet")

// readOwner reads the owner in an open file. The error is errNoOwner if it is empty, and owner.ErrFormat if it holds
// something else.
func readOwner(fd int) (owner.Owner, error) {
	const most = 256
	buffer := make([]byte, most)
	n, err := retry(func() (int, error) { return unix.Pread(fd, buffer, 0) })
	if err == unix.ESPIPE { // a FIFO or socket
		return owner.Owner{}, owner.ErrFormat
	} else if err != nil {
		return owner.Owner{}, err
	}
	if n == 0 {
		return owner.Owner{}, errNoOwner
	}
	line, rest, whole := strings.Cut(string(buffer[:n]), "\n")
	if !whole || rest != "" {
		return owner.Owner{}, owner.ErrFormat
	}
	return owner.Parse(line)
}

// writeOwner makes the owner's line the contents of an open file. It is far shorter than a page, so a write puts in all of
// it or nothing.
func writeOwner(fd int, o owner.Owner) error {
	if _, err := retry(func() (int, error) { return 0, unix.Ftruncate(fd, 0) }); err != nil {
		return err
	}
	line := []byte(o.Name() + "\n")
	n, err := retry(func() (int, error) { return unix.Pwrite(fd, line, 0) })
	if err == nil && n < len(line) {
		err = unix.ENOSPC
	}
	return err
}
