package ipclab

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/scratch"
)

// A lockKind is a way to lock a file.
type lockKind struct {
	name string

	// lock locks length bytes of a file from start on, exclusively, waiting for limit at most: all of it where ranges are
	// not known. 0 is not to wait.
	lock func(f lockedFile, start, length int64, limit time.Duration) error

	// waits is the system call in which lock waits.
	waits uintptr
}

// A lockedFile is a file that is open.
type lockedFile struct {
	path string
	fd   FD
}

// The range that is locked, and the one beside it.
const (
	lockStart  = 0
	besideThat = 10
	lockLength = 10
)

// lockKinds are the kinds that LockKinds compares.
var lockKinds = []lockKind{
	{"lock file", lockByFile, unix.SYS_PPOLL},
	{"flock", lockByFlock, unix.SYS_FLOCK},
	{"fcntl", func(f lockedFile, start, length int64, limit time.Duration) error {
		return lockByRange(f.fd, RangeLock{Type: unix.F_WRLCK, Start: start, Len: length}, limit)
	}, unix.SYS_FCNTL},
	{"fcntl OFD", func(f lockedFile, start, length int64, limit time.Duration) error {
		return lockByRange(f.fd, RangeLock{Type: unix.F_WRLCK, Start: start, Len: length, OFD: true}, limit)
	}, unix.SYS_FCNTL},
}

// lockByFile makes the lock file of a file.
func lockByFile(f lockedFile, _, _ int64, limit time.Duration) error {
	if limit == 0 {
		_, err := NewLockFile(lockFileOf(f.path))
		return err
	}
	_, err := NewLockFileWithin(lockFileOf(f.path), limit)
	return err
}

// lockFileOf returns the path of the lock file of a file.
func lockFileOf(path string) string { return path + ".lock" }

// lockByFlock locks by flock(2).
func lockByFlock(f lockedFile, _, _ int64, limit time.Duration) error {
	if limit == 0 {
		return f.fd.Flock(unix.LOCK_EX | unix.LOCK_NB)
	}
	return f.fd.FlockWithin(unix.LOCK_EX, limit)
}

// lockByRange locks by fcntl(2).
func lockByRange(fd FD, l RangeLock, limit time.Duration) error {
	if limit == 0 {
		return fd.SetLock(l)
	}
	return fd.SetLockWithin(l, limit)
}

// openLocked opens a file, and makes it if it is not there.
func openLocked(path string) (lockedFile, error) {
	fd, err := Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC)
	return lockedFile{path: path, fd: fd}, err
}

// lockPasses reports whether an attempt to lock succeeded; an error that is no refusal is one.
func lockPasses(err error) (bool, error) {
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EEXIST), errors.Is(err, unix.ETIMEDOUT):
		return false, nil
	}
	return false, err
}

// examine asks about one kind. Each question has a file of its own.
func (k lockKind) examine(limit time.Duration) (row LockKindsRow, err error) {
	folder, err := scratch.New(os.TempDir(), "ipclab-locks")
	if err != nil {
		return row, err
	}
	defer os.RemoveAll(folder)
	row.Kind = k.name
	for _, q := range []struct {
		name   string
		ask    func(f lockedFile) (bool, error)
		answer *bool
	}{
		{"range", k.locksRange, &row.Range},
		{"itself", k.keepsOutItself, &row.Itself},
		{"inherited", k.isInherited, &row.Inherited},
		{"close", k.goesWithOther, &row.OtherClose},
		{"killed", k.goesWithHolder, &row.Killed},
		{"deadlock", func(f lockedFile) (bool, error) { return k.tellsDeadlock(f, limit) }, &row.Deadlock},
	} {
		if *q.answer, err = k.question(filepath.Join(folder, q.name), q.ask); err != nil {
			return row, err
		}
	}
	return row, nil
}

// question asks about a new file.
func (k lockKind) question(path string, ask func(f lockedFile) (bool, error)) (bool, error) {
	f, err := openLocked(path)
	if err != nil {
		return false, err
	}
	defer f.fd.Close()
	return ask(f)
}

// take locks the usual range, which nobody holds.
func (k lockKind) take(f lockedFile) error { return k.lock(f, lockStart, lockLength, 0) }

// locksRange: may another process lock bytes beside those locked here?
func (k lockKind) locksRange(f lockedFile) (bool, error) {
	if err := k.take(f); err != nil {
		return false, err
	}
	return passesInChild(func() error { return k.asStranger(f.path, besideThat) })
}

// asStranger opens the file and tries to lock it.
func (k lockKind) asStranger(path string, start int64) error {
	f, err := openLocked(path)
	if err != nil {
		return err
	}
	defer f.fd.Close()
	return k.lock(f, start, lockLength, 0)
}

// keepsOutItself: is a second open of the file in this process kept out?
func (k lockKind) keepsOutItself(f lockedFile) (bool, error) {
	if err := k.take(f); err != nil {
		return false, err
	}
	passed, err := lockPasses(k.asStranger(f.path, lockStart))
	return !passed, err
}

// isInherited: does a forked child pass, with this process's descriptor?
func (k lockKind) isInherited(f lockedFile) (bool, error) {
	if err := k.take(f); err != nil {
		return false, err
	}
	return passesInChild(func() error { return k.take(f) })
}

// goesWithOther: is the lock gone after another descriptor of the file was closed?
func (k lockKind) goesWithOther(f lockedFile) (bool, error) {
	if err := k.take(f); err != nil {
		return false, err
	}
	other, err := openLocked(f.path)
	if err != nil {
		return false, err
	}
	other.fd.Close()
	return passesInChild(func() error { return k.asStranger(f.path, lockStart) })
}

// goesWithHolder: is the lock gone after its holder was killed? A lock file is, if the file is.
func (k lockKind) goesWithHolder(f lockedFile) (bool, error) {
	holder, err := k.holder(f.path)
	if err != nil {
		return false, err
	}
	end(holder)
	if _, err := os.Stat(lockFileOf(f.path)); err == nil {
		return false, nil
	}
	return passesInChild(func() error { return k.asStranger(f.path, lockStart) })
}

// holder starts a process that locks the file and does nothing more, and waits until it has.
func (k lockKind) holder(path string, then ...func()) (*child, error) {
	ready, err := newChannel()
	if err != nil {
		return nil, err
	}
	defer ready.close()
	c, err := forkToExit(func() int {
		f, err := openLocked(path)
		if err == nil {
			err = k.take(f)
		}
		if err != nil {
			return childFailed
		}
		ready.w.Write([]byte{1})
		for _, f := range then {
			f()
		}
		for { // until it is killed; select {} would be a deadlock to the Go runtime, and end it
			unix.Ppoll(nil, nil, nil)
		}
	})
	if err != nil {
		return nil, err
	}
	shut(&ready.w)
	if _, err := ready.r.Read(make([]byte, 1)); err != nil {
		end(c)
		return nil, because(unix.ECHILD, "the process that was to hold the lock has ended")
	}
	return c, nil
}

// tellsDeadlock: this process holds one file, a second process another, and waits for this one's. Is it an error to wait
// for the second's?
func (k lockKind) tellsDeadlock(f lockedFile, limit time.Duration) (bool, error) {
	other, err := openLocked(f.path + "2")
	if err != nil {
		return false, err
	}
	defer other.fd.Close()
	if err := k.take(f); err != nil {
		return false, err
	}
	second, err := k.holder(other.path, func() {
		mine, _ := openLocked(f.path)
		k.lock(mine, lockStart, lockLength, time.Hour)
	})
	if err != nil {
		return false, err
	}
	defer end(second)
	if err := awaitSystemCall(second.pid, k.waits); err != nil {
		return false, err
	}
	err = k.lock(other, lockStart, lockLength, limit)
	if errors.Is(err, unix.EDEADLK) {
		return true, nil
	}
	_, err = lockPasses(err)
	return false, err
}
