package ipclab

import (
	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorserver"
	"ipclab/ipclab/internal/doorwire"
)

// DoorAttach gives a door of this process a path, fattach(3C) of Solaris: whoever may open the path can call the door.
// A door can be attached to several paths, a path has one door.
//
// What may be at the path already, and is replaced in one step: an empty file, as creat makes it, and a socket that an
// ended server has left. Who may read the empty file may call the door; where there was nothing, only the owner may.
//
// Errors: EBADF for a descriptor that is no door's, or a door that is gone; EPERM in a process that does not serve the
// door, or if the file is another user's; EBUSY if a door is attached there, or another program listens on the socket;
// EEXIST for a file with something in it, a folder or anything else; ENOENT if the folder is not there; EACCES if it may
// not be written to or read; ENOTDIR, EROFS, ENOSPC.
func DoorAttach(door FD, path string) error {
	d, err := ownDoor(door)
	if err == nil {
		err = doorAttachReason(path, d.Attach(path))
	}
	if err != nil {
		return &Error{Call: "fattach", Arg: path, Err: err}
	}
	return nil
}

// DoorDetach removes a door's path, fdetach(3C) of Solaris. The door stays, and so do descriptors that were opened
// through the path. Any process that may write to the folder can detach; a socket that an ended server has left is
// removed too. A file that was there before the door does not come back.
//
// Errors: EINVAL if no door is attached there; ENOENT if nothing is there; EACCES or EPERM if the folder's permissions
// forbid it.
func DoorDetach(path string) error {
	if err := doorAttachReason(path, doorserver.Detach(path)); err != nil {
		return &Error{Call: "fdetach", Arg: path, Err: err}
	}
	return nil
}

// doorAttachReason says what a bare errno means for the path.
func doorAttachReason(path string, err error) error {
	errno, ok := err.(unix.Errno)
	switch {
	case !ok:
		return err
	case errno == unix.EACCES || errno == unix.EPERM:
		return because(errno, "the permissions of the folder forbid it")
	}
	return pathReason(path, errno)
}

// DoorOpen opens a door by a path to which it is attached, as open(2) does in Solaris, and returns a descriptor of it.
// A door can be passed on with the descriptor: to a forked child, or through another door. The descriptor is not
// close-on-exec.
//
// Errors: ENOENT if nothing is there; EACCES if the permissions forbid it; EBADF for a path with something else than a
// door, or with what is left of one whose server has ended.
func DoorOpen(path string) (FD, error) {
	fd, err := retry(func() (int, error) { return doorwire.Dial(unix.AT_FDCWD, path, 0) })
	if err == nil {
		if _, ok := doorwire.Identify(fd); !ok {
			unix.Close(fd)
			err = unix.EPROTOTYPE
		}
	}
	if err != nil {
		return -1, &Error{Call: "open", Arg: path, Err: doorOpenReason(path, err)}
	}
	return lowestFD(fd, unix.F_DUPFD), nil
}

// doorOpenReason says why a path could not be opened as a door.
func doorOpenReason(path string, err error) error {
	switch errno, ok := err.(unix.Errno); {
	case !ok:
		return err
	case errno == unix.EPROTOTYPE:
		return because(unix.EBADF, "it is a socket, but not a door's")
	case errno == unix.ECONNREFUSED && !namesSocketFile(path):
		return because(unix.EBADF, "no door is attached there")
	case errno == unix.ECONNREFUSED:
		return because(unix.EBADF, "the door's server has ended, and the path was left; DoorDetach removes it, DoorAttach replaces it")
	case errno == unix.EACCES:
		return because(errno, "the door's permissions are %#o, and to call it takes the right to write", permissionsOf(path))
	default:
		return openReason(path, unix.O_RDONLY, errno)
	}
}

// namesSocketFile reports whether a path names a socket.
func namesSocketFile(path string) bool {
	var st unix.Stat_t
	return unix.Stat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFSOCK
}
