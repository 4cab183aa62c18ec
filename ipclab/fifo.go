package ipclab

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Mkfifo makes a FIFO, a pipe with a name in the file system: any process that may open the path can be one of its ends.
// The name stays until it is removed, by os.Remove; the bytes exist only while a process has the FIFO open.
//
// The permissions are three octal digits, for owner, group and others, 4 to read and 2 to write: 0o600 is for the owner
// alone, 0o622 lets everybody write. The umask takes bits away from them: with the usual umask of 0o022, Mkfifo(path,
// 0o666) makes a FIFO of permissions 0o644, into which only the owner can write. Call Umask(0) before, or unix.Chmod
// after, where all bits are meant.
//
// Errors: EEXIST if the name exists, whatever it names; ENOENT if its folder does not; EACCES if the folder may not be
// written to; EINVAL for permissions above 0o777, as 600 without 0o is; ENOTDIR, EROFS, ENOSPC, ENAMETOOLONG. See
// mkfifo(3) and fifo(7).
func Mkfifo(path string, permissions uint32) error {
	const most = 0o777
	if permissions > most {
		return &Error{Call: "mkfifo", Arg: path, Err: because(unix.EINVAL,
			"permissions %#o: want at most %#o, in octal: 0o600, not 600", permissions, most)}
	}
	_, err := retry(func() (int, error) { return 0, unix.Mkfifo(path, permissions) })
	if errno, ok := err.(unix.Errno); ok {
		return &Error{Call: "mkfifo", Arg: path, Err: mkfifoReason(path, errno)}
	}
	return nil
}

// Umask sets the process's file mode creation mask and returns the one before: the bits of permissions that Mkfifo and
// Open withhold from what they make. Bits beyond 0o777 are ignored. Forked children inherit it. There are no errors. See
// umask(2).
func Umask(mask int) (old int) { return unix.Umask(mask) }

// mkfifoReason says what an errno of mkfifo means for this path.
func mkfifoReason(path string, errno unix.Errno) error {
	switch {
	case errno == unix.EEXIST && isFIFO(path):
		return because(errno, "a FIFO of that name is there already; open it, or remove it first with os.Remove")
	case errno == unix.EEXIST:
		return because(errno, "something else has that name; choose another")
	case errno == unix.EACCES:
		return because(errno, "folder %s may not be written to", filepath.Dir(path))
	case errno == unix.EPERM:
		return because(errno, "the file system of %s has no FIFOs; try one under /tmp", filepath.Dir(path))
	}
	return pathReason(path, errno)
}

// pathReason says what an errno of any call on a path means.
func pathReason(path string, errno unix.Errno) error {
	folder := filepath.Dir(path)
	switch errno {
	case unix.ENOENT:
		if path == "" {
			return because(errno, "the path is empty")
		}
		if unix.Access(folder, unix.F_OK) != nil {
			return because(errno, "folder %s is not there; os.MkdirAll makes it", folder)
		}
		return because(errno, "folder %s has nothing of that name", folder)
	case unix.ENOTDIR:
		return because(errno, "something on the path is not a folder")
	case unix.EMFILE:
		return because(errno, "close some; ipclab.Descriptors() shows them")
	}
	return errno
}

// isFIFO reports whether path names a FIFO.
func isFIFO(path string) bool {
	var st unix.Stat_t
	return unix.Stat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

// permissionsOf returns the permissions of a file; 0 if they cannot be read.
func permissionsOf(path string) uint32 {
	const bits = 0o7777
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return 0
	}
	return st.Mode & bits
}
