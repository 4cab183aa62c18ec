package ipclab

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Getsockopt returns a socket option whose value is an int. Some of level unix.SOL_SOCKET: unix.SO_ERROR, the error that
// waits to be reported, which is cleared; unix.SO_SNDBUF and unix.SO_RCVBUF, the sizes of the buffers in bytes;
// unix.SO_TYPE. Of level unix.IPPROTO_TCP: unix.TCP_NODELAY. Errors: ENOPROTOOPT for an option that the socket has not;
// EBADF, ENOTSOCK. See getsockopt(2), socket(7) and tcp(7).
func (fd FD) Getsockopt(level, option int) (int, error) {
	number, err := fd.checked()
	value := 0
	if err == nil {
		value, err = unix.GetsockoptInt(number, level, option)
	}
	if err != nil {
		return 0, fd.optionFailed("getsockopt", level, option, err)
	}
	return value, nil
}

// Setsockopt sets a socket option whose value is an int, 1 and 0 for on and off:
//   - unix.IPPROTO_TCP, unix.TCP_NODELAY: on, small writes are sent at once; off, as it is at first, one that comes while
//     bytes are under way waits for their acknowledgement, to be sent with others (Nagle's algorithm);
//   - unix.SOL_SOCKET, unix.SO_REUSEADDR: on, before Bind, a port can be bound of which only connections in TIME_WAIT are
//     left, if the socket that they came from had it on too;
//   - unix.SOL_SOCKET, unix.SO_SNDBUF and unix.SO_RCVBUF: the size of a buffer in bytes; the kernel doubles it.
//
// Errors: ENOPROTOOPT for an option that the socket has not, EINVAL for a value that the option cannot have; EBADF,
// ENOTSOCK. See setsockopt(2), socket(7) and tcp(7).
func (fd FD) Setsockopt(level, option, value int) error {
	number, err := fd.checked()
	if err == nil {
		err = unix.SetsockoptInt(number, level, option, value)
	}
	if err != nil {
		return fd.optionFailed("setsockopt", level, option, err)
	}
	return nil
}

// optionFailed makes the error of a call on an option.
func (fd FD) optionFailed(call string, level, option int, err error) error {
	switch err {
	case unix.ENOPROTOOPT, unix.EOPNOTSUPP:
		err = because(err.(unix.Errno), "the socket has no option %d of level %d", option, level)
	case unix.ENOTSOCK:
		err = because(unix.ENOTSOCK, "it is open, and not a socket")
	}
	return &Error{Call: call, Arg: fd.String(), Err: err}
}

// A Ucred says which process is at the other end of a UNIX domain socket.
type Ucred struct {
	Pid int // process number, in this process's view; 0 if it is outside of it
	UID int // effective user number
	GID int // effective group number
}

// String returns "process 4242, user 1000, group 1000".
func (c Ucred) String() string {
	return fmt.Sprintf("process %d, user %d, group %d", c.Pid, c.UID, c.GID)
}

// PeerCred returns the credentials of the process at the other end of a UNIX domain socket, which the kernel noted and
// nobody can forge: of a client, as they were when it called Connect; of a server, when it called Listen; of a pair, when it
// was made, so that both ends name the process that called Socketpair, even after Fork.
//
// Errors: EOPNOTSUPP for a socket of another domain; ENOTCONN for one without a peer; EBADF, ENOTSOCK. See SO_PEERCRED in
// unix(7).
func (fd FD) PeerCred() (Ucred, error) {
	const nobody = 1<<32 - 1
	number, err := fd.checked()
	var c *unix.Ucred
	if err == nil {
		c, err = unix.GetsockoptUcred(number, unix.SOL_SOCKET, unix.SO_PEERCRED)
	}
	if domain, e := fd.Getsockopt(unix.SOL_SOCKET, unix.SO_DOMAIN); e == nil && domain != unix.AF_UNIX {
		err = because(unix.EOPNOTSUPP, "only a socket of AF_UNIX knows its peer")
	}
	if err == nil && c.Uid == nobody {
		err = unix.ENOTCONN
	}
	if err != nil {
		return Ucred{}, fd.socketFailed("getsockopt SO_PEERCRED", err)
	}
	return Ucred{Pid: int(c.Pid), UID: int(c.Uid), GID: int(c.Gid)}, nil
}
