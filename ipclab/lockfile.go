package ipclab

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/owner"
)

// A LockFile is a lock whose being held is that a file of an agreed name exists, such as /var/lock/http_80 for port 80.
// In the file is its owner: process number, when the process started, the machine. It keeps out who asks by the same
// means, as a note on a door does, and it is there for everybody to read.
//
// Open(path, O_CREAT|O_EXCL) makes the file: of many processes that try, one succeeds. The owner removes it, by Unlock. An
// owner that dies without that leaves it behind, stale; whoever comes next finds out that the owner is gone, and takes the
// file over.
//
// Taking over is where such locks go wrong. If A and B both have found a lock stale, and A removes it and makes its own,
// then B, a moment later, removes A's. So here a file is written only by who holds its flock(2), for as long as that
// takes, and after a look that the path still leads to this very file: whatever was decided from its contents holds.
//
// Compare FD.Flock, which the operating system gives back by itself, and LockKinds.
type LockFile struct {
	path  string
	owner owner.Owner
}

// A LockOwner is what a lock file says about who holds it.
type LockOwner struct {
	Pid   int
	Start uint64 // when the process started, in clock ticks (1/100 s) since the machine did
	Host  string
	State string // "alive"; "gone": the lock is stale; "unknown": on another machine or in another pid namespace
}

// String returns "process 812 of vm, alive".
func (o LockOwner) String() string {
	return fmt.Sprintf("%s of %s, %s", pidText(o.Pid), o.Host, o.State)
}

// NewLockFile makes the lock file, or takes over one whose owner is gone, and does not wait. The file's permissions are
// 0o644 less the umask: others may see whose it is.
//
// Errors: EEXIST if a living process holds it, this one included, or one of which nothing can be known here; EINVAL if
// the file is there and is no lock file; ENOENT, EACCES, ENOSPC and others of open(2) and write(2). The folder is to be
// local: on a network file system, flock(2) may keep out only this machine's processes.
func NewLockFile(path string) (*LockFile, error) {
	l, err := newLockFile(path)
	if err == nil {
		err = l.take()
	}
	if err != nil {
		return nil, &Error{Call: "NewLockFile", Arg: path, Err: lockFileReason(path, err)}
	}
	return l, nil
}

// NewLockFileWithin is NewLockFile that waits until the file is removed, or its owner ends, for the limit at most. It
// looks again when inotify(7) or a pidfd tells of either, not from time to time. Errors: ETIMEDOUT when the limit has
// passed, EINVAL for a negative one, and those of NewLockFile.
func NewLockFileWithin(path string, limit time.Duration) (*LockFile, error) {
	l, err := newLockFile(path)
	switch {
	case limit < 0:
		err = because(unix.EINVAL, "limit %v: want 0 or more", limit)
	case err == nil:
		err = l.takeWithin(limit)
	}
	if err != nil {
		return nil, &Error{Call: "NewLockFile", Arg: path, Err: lockFileReason(path, err)}
	}
	return l, nil
}

// newLockFile returns a lock file of the calling process that is not taken yet.
func newLockFile(path string) (*LockFile, error) {
	self, err := owner.Self()
	return &LockFile{path: path, owner: self}, err
}

// Path returns the path of the file.
func (l *LockFile) Path() string {
	if l == nil {
		return ""
	}
	return l.path
}

// Owner returns the process whose lock this is.
func (l *LockFile) Owner() LockOwner {
	if l == nil {
		return LockOwner{}
	}
	return lockOwner(l.owner)
}

// String returns the path and the owner.
func (l *LockFile) String() string {
	if l == nil {
		return "no lock file"
	}
	return l.path + ", held by " + lockOwner(l.owner).String()
}

// Unlock removes the file. Errors: EPERM in a process that is not the owner: a forked child does not own its parent's
// lock files; ENOENT if this process does not hold it any more, because it was unlocked before, or removed by hand.
func (l *LockFile) Unlock() error {
	if l == nil {
		return &Error{Call: "Unlock", Err: because(unix.EINVAL, "the lock file is nil; NewLockFile makes one")}
	}
	self, err := owner.Self()
	if err == nil && self != l.owner {
		err = because(unix.EPERM, "it is the lock of process %d, and this is %d", l.owner.Pid, self.Pid)
	}
	if err == nil {
		err = l.remove()
	}
	if err != nil {
		return &Error{Call: "Unlock", Arg: l.path, Err: err}
	}
	return nil
}

// ReadLockFile says who holds a lock file, without touching it. Errors: ENOENT if nobody does; EINVAL for a file that
// names no process: one just being made, or no lock file; EACCES.
func ReadLockFile(path string) (LockOwner, error) {
	o, err := readLockFile(path)
	if err != nil {
		return LockOwner{}, &Error{Call: "ReadLockFile", Arg: path, Err: lockFileReason(path, err)}
	}
	return lockOwner(o), nil
}

// lockOwner makes the public form.
func lockOwner(o owner.Owner) LockOwner {
	return LockOwner{Pid: o.Pid, Start: o.Start, Host: o.Host, State: o.State().String()}
}

// A lockHeldError says that another owner has the lock. It is EEXIST to errors.Is, as for open(2) with O_EXCL.
type lockHeldError struct{ owner owner.Owner }

// Error names the owner.
func (e lockHeldError) Error() string { return "it is held by " + lockOwner(e.owner).String() }

// Unwrap returns EEXIST.
func (e lockHeldError) Unwrap() error { return unix.EEXIST }

// lockFileReason says what an error means for a lock file.
func lockFileReason(path string, err error) error {
	errno, ok := err.(unix.Errno)
	switch {
	case errors.Is(err, owner.ErrFormat):
		return because(unix.EINVAL, "the file is there, and is no lock file; choose another name")
	case !ok:
		return err
	case errno == unix.EACCES:
		return because(errno, "the permissions of the folder, or of the file, forbid it")
	case errno == unix.ENOSPC:
		return because(errno, "the disk is full")
	}
	return pathReason(path, errno)
}
