package ipclab

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bound"
	"ipclab/ipclab/internal/sockdiag"
)

// BindOver is Bind for a server that starts again: where the path is that of a stale socket, which a server that was
// killed left behind, the file is removed first. A socket that somebody has bound, listening or not, and a file that is no
// socket are never removed. Servers that start at the same moment take turns by a lock on the folder (flock(2)), so that
// exactly one gets the name.
//
// unlink(2) before bind(2), as one often sees it, takes the name away from a server that runs.
//
// Errors: EADDRINUSE if the name is in use; ETIMEDOUT if another process keeps the folder locked; EACCES if the folder
// may not be read or written to, or if the socket file does not allow to see whether somebody listens; those of Bind.
// See unix(7).
func (fd FD) BindOver(path string) error {
	_, domain, err := fd.address(path)
	if err == nil && (domain != unix.AF_UNIX || path[0] == '@') {
		err = because(unix.EINVAL, "only paths of AF_UNIX outlive their sockets: use Bind")
	}
	if err == nil {
		err = fd.bindOver(path)
	}
	if err == nil {
		return nil
	}
	if _, explained := errors.AsType[*Error](err); explained {
		return err
	}
	return &Error{Call: "bind", Arg: fmt.Sprintf("%v over %s", fd, path), Err: err}
}

// bindOver holds the folder's lock while it looks, removes and binds.
func (fd FD) bindOver(path string) error {
	unlock, err := lockBindFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer unlock()
	removeAside(path)
	var st unix.Stat_t
	err = unix.Lstat(path, &st)
	if err == nil && st.Mode&unix.S_IFMT == unix.S_IFSOCK {
		err = staleSocket(path, &st)
		if err == nil {
			err = removeThat(path, &st)
		}
		if err == errSocketInUse {
			err = fd.nameInUse(path)
		}
	}
	if err != nil && err != unix.ENOENT {
		return err
	}
	return fd.Bind(path)
}

// lockBindFolder locks a folder against others that do so.
func lockBindFolder(folder string) (unlock func(), err error) {
	const patience = 5 * time.Second
	lock, err := retry(func() (int, error) { return unix.Open(folder, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0) })
	if errno, ok := err.(unix.Errno); ok {
		return nil, openReason(folder, unix.O_RDONLY, errno)
	}
	locked := false
	defer func() {
		if !locked { // also when the cell is interrupted, which ends the wait by a panic
			unix.Close(lock)
		}
	}()
	deadline := time.Now().Add(patience)
	_, err = retry(func() (int, error) {
		return bound.Call(deadline, func() (int, error) { return 0, unix.Flock(lock, unix.LOCK_EX) })
	})
	if err != nil {
		return nil, fmt.Errorf("the lock of folder %s, which servers take while they bind: %w", folder, err)
	}
	locked = true
	return func() { unix.Close(lock) }, nil
}

// removeAside removes what a process has moved aside that was killed before it could remove it. Under the folder's lock no
// process is about to.
func removeAside(path string) {
	folder, base := filepath.Split(path)
	names, _ := namesIn(cmp.Or(folder, ".")) // what is not removed now is next time
	for _, name := range names {
		number, aside := strings.CutPrefix(name, base+asideSuffix)
		if _, err := strconv.Atoi(number); !aside || err != nil {
			continue
		}
		var st unix.Stat_t
		if unix.Lstat(folder+name, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
			continue
		}
		switch staleSocket(folder+name, &st) {
		case nil:
			unix.Unlink(folder + name)
		case errSocketInUse: // it was put there by mistake, which there was no time to find out
			putBack(folder+name, path)
		}
	}
}

// errSocketInUse is what staleSocket returns for a socket that somebody has.
var errSocketInUse = because(unix.EADDRINUSE, "the socket is in use")

// staleSocket returns nil if no socket is bound to the socket file. One that is bound and does not listen refuses connections as
// a stale one does, so the kernel's list is asked first; one in another network namespace is not in the list, but can be
// connected to.
func staleSocket(path string, st *unix.Stat_t) error {
	if all, err := sockdiag.ListUnix(); err == nil {
		for _, s := range all {
			if s.IsFile(st) {
				return errSocketInUse
			}
		}
	}
	probe, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(probe)
	switch err := unix.Connect(probe, &unix.SockaddrUnix{Name: path}); err {
	case unix.ECONNREFUSED:
		return nil
	case nil, unix.EAGAIN, unix.EPROTOTYPE: // it listens, its backlog is full, or it is of another type
		return errSocketInUse
	case unix.EACCES:
		return because(unix.EACCES, "the socket file's permissions are %#o, so whether somebody listens cannot be seen", st.Mode&0o777)
	default:
		return err
	}
}

// asideSuffix is added to the name of a socket file that is about to be removed, before a number.
const asideSuffix = ".stale-"

// removeThat removes the file that was looked at, and no other that got its name meanwhile from somebody who does not take
// the lock: it is moved aside first, looked at again, and put back if it is another.
func removeThat(path string, seen *unix.Stat_t) error {
	aside := path + asideSuffix + strconv.Itoa(os.Getpid())
	if err := unix.Rename(path, aside); err != nil {
		return err
	}
	var now unix.Stat_t
	if err := unix.Lstat(aside, &now); err != nil || now.Ino != seen.Ino || now.Dev != seen.Dev {
		putBack(aside, path)
		return errSocketInUse
	}
	return unix.Unlink(aside)
}

// putBack gives a socket file its name again, unless another has it now.
func putBack(aside, path string) {
	unix.Renameat2(unix.AT_FDCWD, aside, unix.AT_FDCWD, path, unix.RENAME_NOREPLACE)
}
