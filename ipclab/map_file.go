package ipclab

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// shmFolder is where Linux has the objects of shm_open(3).
const shmFolder = "/dev/shm"

// MemfdCreate makes a file that has no name in any folder and is in memory, empty at first, and returns a descriptor of
// it. Ftruncate gives it a length, Map maps it; it goes away with its last descriptor and mapping. Forked children have
// the descriptor; other processes can be given it over a UNIX domain socket, or open /proc/PID/fd/N. The name is shown
// there and in /proc/PID/maps, and need not be unlike others. flags is 0 or made of unix.MFD_CLOEXEC,
// unix.MFD_ALLOW_SEALING and others.
//
// Errors: EINVAL for a name of more than 249 bytes, or unknown flags; EMFILE, ENOMEM. See memfd_create(2).
func MemfdCreate(name string, flags int) (FD, error) {
	fd, err := retry(func() (int, error) { return unix.MemfdCreate(name, flags) })
	if err == unix.EINVAL {
		err = because(unix.EINVAL, "want a name of at most 249 bytes, none of them 0, and flags such as unix.MFD_ALLOW_SEALING")
	}
	if err != nil {
		return -1, &Error{Call: "memfd_create", Arg: name, Err: err}
	}
	return FD(fd), nil
}

// ShmOpen opens a POSIX shared memory object by its name, "/queue" for example, and returns a descriptor of it. The
// flags are unix.O_RDONLY or unix.O_RDWR, joined by | with unix.O_CREAT, O_EXCL and O_TRUNC; with O_CREAT, the
// permissions of a new object follow, 0o600 for example, from which the umask takes bits away. A new object is empty:
// Ftruncate gives it a length, Map maps it. On Linux it is a file in /dev/shm, which stays, with what is in it, until
// ShmUnlink removes the name or the machine restarts; unrelated processes meet by the name alone.
//
// As in C, the descriptor is close-on-exec, and a symbolic link is not followed. Errors: EINVAL for a name that is not one slash
// followed by other characters, or for O_WRONLY; ENAMETOOLONG; ENOENT if there is no object of that name; EEXIST with
// O_CREAT|O_EXCL; EACCES; EMFILE. See shm_open(3).
func ShmOpen(name string, flags int, permissions ...uint32) (FD, error) {
	path, err := shmPath(name)
	if err == nil && flags&unix.O_ACCMODE == unix.O_WRONLY {
		err = because(unix.EINVAL, "to be mapped, it must be opened with unix.O_RDONLY or unix.O_RDWR")
	}
	var mode uint32
	if err == nil {
		mode, err = creationMode(flags, permissions)
	}
	if err != nil {
		return -1, &Error{Call: "shm_open", Arg: name, Err: err}
	}
	flags |= unix.O_CLOEXEC | unix.O_NOFOLLOW
	fd, err := retry(func() (int, error) { return unix.Open(path, flags, mode) })
	if err != nil {
		return -1, &Error{Call: "shm_open", Arg: name, Err: shmReason(path, err)}
	}
	return FD(fd), nil
}

// ShmUnlink removes the name of a POSIX shared memory object. Processes that have it open or mapped keep it; it goes
// away with the last of them. Errors: EINVAL for a name as for ShmOpen, ENOENT if there is none, EACCES if it is another
// user's. See shm_unlink(3).
func ShmUnlink(name string) error {
	path, err := shmPath(name)
	if err == nil {
		if err = unix.Unlink(path); err == nil {
			return nil
		}
		err = shmReason(path, err)
	}
	return &Error{Call: "shm_unlink", Arg: name, Err: err}
}

// shmPath returns where the object of a name is.
func shmPath(name string) (string, error) {
	rest, ok := strings.CutPrefix(name, "/")
	switch {
	case !ok || rest == "" || rest == "." || rest == ".." || strings.Contains(rest, "/"):
		return "", because(unix.EINVAL, "a name is one slash followed by others than slashes, such as /queue")
	case len(rest) > unix.NAME_MAX:
		return "", because(unix.ENAMETOOLONG, "%d bytes after the slash: want at most %d", len(rest), unix.NAME_MAX)
	}
	return filepath.Join(shmFolder, rest), nil
}

// shmReason says what an errno of shm_open or shm_unlink means.
func shmReason(path string, err error) error {
	switch err {
	case unix.ENOENT:
		return because(unix.ENOENT, "%s has nothing of that name; unix.O_CREAT makes it", shmFolder)
	case unix.EEXIST:
		return because(unix.EEXIST, "an object of that name is there already; open it without unix.O_EXCL, or remove it with ipclab.ShmUnlink")
	case unix.EACCES, unix.EPERM:
		return because(err.(unix.Errno), "its permissions are %#o, and its owner may be another user", permissionsOf(path))
	}
	return err
}

// Ftruncate makes an open file so many bytes long. What a file gets more is zero; on most disks it takes no room before
// it is written to, and a write through a mapping that then finds none ends in SIGBUS: unix.Fallocate(int(fd), 0, 0,
// length) makes the file long and sure of the room, or returns ENOSPC. Where a file is made shorter, the pages of
// mappings beyond its new end cannot be used any more, in any process (SIGBUS).
//
// Errors: EBADF; EINVAL for a negative length, a descriptor that is not open for writing, or what is no file; EFBIG;
// EPERM for a memfd sealed against it; ENOSPC. See ftruncate(2).
func Ftruncate(fd FD, length int64) error {
	number, err := fd.checked()
	if err == nil {
		_, err = retry(func() (int, error) { return 0, unix.Ftruncate(number, length) })
	}
	switch {
	case err == nil:
		return nil
	case err == unix.EINVAL && length < 0:
		err = because(unix.EINVAL, "length %d: want 0 or more", length)
	case err == unix.EINVAL:
		err = because(unix.EINVAL, "it is not open for writing, or is no file")
	case err == unix.EPERM:
		err = because(unix.EPERM, "it is sealed against getting longer or shorter")
	}
	return fd.failed("ftruncate", err)
}
