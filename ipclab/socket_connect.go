package ipclab

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
)

// Connect connects the socket to that of a server, which has called Bind and Listen; addresses are as Bind says. It blocks
// until the connection is made: for TCP, a message there and back; for a UNIX domain socket, as long as the server's
// backlog is full. It does not wait for the server to call Accept. A connect that a signal interrupts goes on.
//
// On a datagram socket nothing is sent: Send goes to that address from then on, and only what comes from there is
// received. It may be called again there to change the address.
//
// Errors: ECONNREFUSED if nobody listens: the server has gone, or has not called Listen yet; ENOENT if there is no such
// path; EACCES if the socket file may not be written to; EAGAIN if the backlog is full and the socket has O_NONBLOCK;
// EPROTOTYPE if the server's socket is of another type; ETIMEDOUT, ENETUNREACH, EHOSTUNREACH; EISCONN; EINPROGRESS for TCP
// with O_NONBLOCK; ENAMETOOLONG and EINVAL for the address as for Bind; EBADF, ENOTSOCK. See connect(2).
func (fd FD) Connect(address string) error {
	to, domain, err := fd.address(address)
	if err == nil {
		_, err = retry(func() (int, error) { return 0, fd.connect(to, domain) })
	}
	if err != nil {
		return &Error{Call: "connect", Arg: fmt.Sprintf("%v to %s", fd, address), Err: connectReason(address, domain, err)}
	}
	return nil
}

// connect makes the call. Interrupted, the connection of a network socket goes on being made, and may not be asked for
// again: it is waited for.
func (fd FD) connect(to unix.Sockaddr, domain int) error {
	number := int(fd)
	err := unix.Connect(number, to)
	if err != unix.EALREADY && (err != unix.EINTR || domain == unix.AF_UNIX) {
		return err
	}
	if flags, e := fd.fcntl(unix.F_GETFL, 0); e == nil && flags&unix.O_NONBLOCK != 0 {
		return err
	}
	interrupts.Check()
	if _, err := retry(func() (int, error) {
		return unix.Poll([]unix.PollFd{{Fd: int32(number), Events: unix.POLLOUT}}, -1)
	}); err != nil {
		return err
	}
	code, err := unix.GetsockoptInt(number, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	return err
}

// connectReason says what an errno of connect(2) means for this address.
func connectReason(address string, domain int, err error) error {
	errno, ok := err.(unix.Errno)
	if !ok {
		return err
	}
	switch errno {
	case unix.EINPROGRESS:
		return because(errno, "O_NONBLOCK forbids to wait; unix.Poll with POLLOUT waits, and SO_ERROR says how it went")
	case unix.EISCONN:
		return because(errno, "a socket connects once; make another")
	case unix.EPROTOTYPE:
		return because(errno, "the socket of that name is of another type: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET on both sides")
	case unix.EAGAIN:
		return because(errno, "the server's backlog is full, and O_NONBLOCK forbids to wait")
	case unix.ECONNREFUSED:
		return because(errno, "%s", refusedReason(address, domain))
	case unix.EACCES:
		return because(errno, "to connect is to write to the socket file, whose permissions are %#o; its folders must allow to search them", permissionsOf(address))
	case unix.ETIMEDOUT:
		return because(errno, "no answer from that host")
	}
	if domain == unix.AF_UNIX {
		return pathReason(address, errno)
	}
	return errno
}

// refusedReason says why nobody listens.
func refusedReason(address string, domain int) string {
	info, err := os.Lstat(address)
	switch {
	case domain != unix.AF_UNIX:
		return "nobody listens on that port there"
	case address[0] == '@':
		return "no socket of that abstract name listens"
	case err == nil && info.Mode()&(os.ModeSocket|os.ModeSymlink) == 0:
		return "that file is no socket"
	}
	return "the socket file is there, and nobody listens on it: the server has gone and left it, for which BindOver is the cure, or has not called Listen yet"
}
