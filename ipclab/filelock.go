package ipclab

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bound"
)

// Flock locks or unlocks the whole file of the descriptor: how is unix.LOCK_SH (shared), LOCK_EX (exclusive) or LOCK_UN,
// with |unix.LOCK_NB not to wait. It blocks until no other holder stands in the way; an interrupted wait goes on, unless
// the cell ends.
//
// The lock belongs to the open file description, so that a forked child and every copy made by Dup hold it too: it is
// gone when LOCK_UN is called on one of them, or all are closed, also by the end of their processes. A second open(2) of
// the file gets another description, which the lock keeps out even in the same process. A lock that is held is changed
// from shared to exclusive in two steps, between which another may get it. It is advisory: reads and writes pass it by.
//
// Errors: EWOULDBLOCK (EAGAIN) with LOCK_NB if it is held; EBADF; EINVAL for another value of how. See flock(2), and
// LockKinds for how it compares.
func (fd FD) Flock(how int) error {
	number, err := fd.checked()
	if err == nil {
		_, err = retry(func() (int, error) { return 0, unix.Flock(number, how) })
	}
	return fd.lockFailed("flock", flockText(how), err)
}

// FlockWithin is Flock with a time limit. Errors: ETIMEDOUT when the limit has passed, EINVAL for a negative one, and
// those of Flock.
func (fd FD) FlockWithin(how int, limit time.Duration) error {
	number, err := fd.checked()
	if err == nil {
		err = lockWithin(limit, func() error { return unix.Flock(number, how) })
	}
	return fd.lockFailed("flock", flockText(how), err)
}

// lockWithin makes a call that waits for a lock, and ends it when the limit has passed.
func lockWithin(limit time.Duration, lock func() error) error {
	if limit < 0 {
		return because(unix.EINVAL, "limit %v: want 0 or more", limit)
	}
	deadline := time.Now().Add(limit)
	call := func() (int, error) { return 0, lock() }
	_, err := retry(func() (int, error) { return bound.Call(deadline, call) })
	if err == unix.ETIMEDOUT {
		return because(unix.ETIMEDOUT, "another holds it, and did not let it go within %v", limit)
	}
	return err
}

// lockFailed makes the error of a call that locks; nil for none.
func (fd FD) lockFailed(call, what string, err error) error {
	switch err {
	case nil:
		return nil
	case unix.EAGAIN, unix.EACCES:
		err = because(unix.EAGAIN, "another holds it")
	case unix.EDEADLK:
		err = because(unix.EDEADLK, "its holder waits, itself or through others, for a lock of this process: none would ever go on")
	case unix.ENOLCK:
		err = because(unix.ENOLCK, "the file system, or its server, keeps no locks")
	case unix.EINVAL:
		err = because(unix.EINVAL, "%s", lockWanted[call])
	}
	return &Error{Call: call, Arg: fmt.Sprintf("%s, %s", fd, what), Err: err}
}

// lockWanted is what calls that lock can be told.
var lockWanted = map[string]string{
	"flock": "want unix.LOCK_SH, LOCK_EX or LOCK_UN, joined with LOCK_NB or not",
	"fcntl": "want the type unix.F_RDLCK, F_WRLCK or F_UNLCK, and bytes from 0 on",
}

// flockText names an argument of flock(2).
func flockText(how int) string {
	names := map[int]string{unix.LOCK_SH: "LOCK_SH", unix.LOCK_EX: "LOCK_EX", unix.LOCK_UN: "LOCK_UN"}
	name, ok := names[how&^unix.LOCK_NB]
	if !ok {
		return fmt.Sprintf("operation %#x", how)
	}
	if how&unix.LOCK_NB != 0 {
		name += "|LOCK_NB"
	}
	return name
}

// A RangeLock is what a record lock of fcntl(2) covers, as in C's struct flock.
type RangeLock struct {
	Type  int16 // unix.F_RDLCK: shared; unix.F_WRLCK: exclusive; unix.F_UNLCK: none
	Start int64 // the first byte of the range, from the beginning of the file; it may lie beyond the end
	Len   int64 // bytes in the range; 0: to the end of the file, however far it grows

	// OFD says whose lock it is. False is the lock of POSIX, F_SETLK: it belongs to the process, is not inherited by a
	// forked child, and all of them on a file are gone when the process closes any descriptor of that file, even one that
	// a library had opened for a moment. True is Linux's open file description lock, F_OFD_SETLK, which belongs to the
	// open file description as that of Flock does.
	OFD bool

	// Pid is filled in by GetLock: the process that holds the lock; -1 for an OFD lock, which is of no one process.
	Pid int
}

// SetLock locks or unlocks a range of the descriptor's file, and does not wait. A range that the same owner had locked is
// changed, split or joined as need be. An exclusive lock needs a descriptor open for writing, a shared one a descriptor
// open for reading. The lock is advisory: reads and writes pass it by.
//
// Errors: EAGAIN if another holds a lock that stands in the way; EBADF for a descriptor that is not open, or not open for
// that; EINVAL for a type that is none, or a range outside the file's possible bytes; ENOLCK. See fcntl(2), F_SETLK and
// F_OFD_SETLK.
func (fd FD) SetLock(l RangeLock) error {
	return fd.lockFailed("fcntl", l.text(), fd.recordLock(l, unix.F_SETLK, unix.F_OFD_SETLK, retryLock))
}

// SetLockWait is SetLock that blocks until nothing stands in the way. An interrupted wait goes on, unless the cell ends.
// Errors: EDEADLK if two processes would wait for each other, or more in a circle, which is found out for locks of POSIX
// only; and those of SetLock but EAGAIN. See fcntl(2), F_SETLKW and F_OFD_SETLKW.
func (fd FD) SetLockWait(l RangeLock) error {
	return fd.lockFailed("fcntl", l.text(), fd.recordLock(l, unix.F_SETLKW, unix.F_OFD_SETLKW, retryLock))
}

// SetLockWithin is SetLockWait with a time limit. Errors: ETIMEDOUT when the limit has passed, EINVAL for a negative one,
// and those of SetLockWait.
func (fd FD) SetLockWithin(l RangeLock, limit time.Duration) error {
	wait := func(lock func() error) error { return lockWithin(limit, lock) }
	return fd.lockFailed("fcntl", l.text(), fd.recordLock(l, unix.F_SETLKW, unix.F_OFD_SETLKW, wait))
}

// GetLock returns a lock that stands in the way of l, and its holder; one of type unix.F_UNLCK if SetLock would succeed
// now, which may be different in a moment. Errors: EBADF, EINVAL. See fcntl(2), F_GETLK and F_OFD_GETLK.
func (fd FD) GetLock(l RangeLock) (RangeLock, error) {
	c := l.c()
	err := fd.recordLockWith(l, &c, unix.F_GETLK, unix.F_OFD_GETLK, retryLock)
	if err != nil {
		return RangeLock{}, fd.lockFailed("fcntl", l.text(), err)
	}
	if c.Type == unix.F_UNLCK {
		l.Type, l.Pid = unix.F_UNLCK, 0
		return l, nil
	}
	return RangeLock{Type: c.Type, Start: c.Start, Len: c.Len, OFD: c.Pid == -1, Pid: int(c.Pid)}, nil
}

// retryLock makes a call again for as long as a signal interrupts it.
func retryLock(lock func() error) error {
	_, err := retry(func() (int, error) { return 0, lock() })
	return err
}

// recordLock makes the fcntl(2) command for l's kind of lock.
func (fd FD) recordLock(l RangeLock, posix, ofd int, wait func(func() error) error) error {
	c := l.c()
	return fd.recordLockWith(l, &c, posix, ofd, wait)
}

// recordLockWith is recordLock with the argument given, for commands that change it.
func (fd FD) recordLockWith(l RangeLock, c *unix.Flock_t, posix, ofd int, wait func(func() error) error) error {
	number, err := fd.checked()
	if err != nil {
		return err
	}
	command := posix
	if l.OFD {
		command = ofd
	}
	return wait(func() error { return unix.FcntlFlock(uintptr(number), command, c) })
}

// c returns the lock as struct flock.
func (l RangeLock) c() unix.Flock_t {
	return unix.Flock_t{Type: l.Type, Whence: unix.SEEK_SET, Start: l.Start, Len: l.Len}
}

// text names the lock in an error.
func (l RangeLock) text() string {
	kind := map[int16]string{unix.F_RDLCK: "F_RDLCK", unix.F_WRLCK: "F_WRLCK", unix.F_UNLCK: "F_UNLCK"}[l.Type]
	if kind == "" {
		kind = fmt.Sprintf("type %d", l.Type)
	}
	text := fmt.Sprintf("%s, %d bytes from byte %d", kind, l.Len, l.Start)
	if l.Len == 0 {
		text = fmt.Sprintf("%s, from byte %d on", kind, l.Start)
	}
	if l.OFD {
		text += ", OFD"
	}
	return text
}
