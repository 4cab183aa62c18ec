package ipclab

import (
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// Send sends p to the socket's peer by one send(2), and returns how many bytes were taken. On a stream that may be fewer
// than len(p), with O_NONBLOCK or when a signal comes in the middle: Write goes on until all are. On SOCK_SEQPACKET and
// SOCK_DGRAM, p is one message, sent whole or not at all. It blocks while there is no room. Flags such as
// unix.MSG_DONTWAIT and unix.MSG_MORE may be given.
//
// Errors: EPIPE if the peer has closed, or this side was shut down for writing (the signal SIGPIPE, which comes with it,
// ends a C program that does not ignore it; the Go runtime leaves the error alone); ECONNRESET if the peer closed with
// data unread; ENOTCONN, EDESTADDRREQ for a socket without a peer; ECONNREFUSED for a datagram whose receiver has gone;
// EMSGSIZE for a message that is too long; EAGAIN where it may not wait; EBADF, ENOTSOCK. See send(2).
func (fd FD) Send(p []byte, flags ...int) (int, error) {
	number, err := fd.checked()
	n := 0
	if err == nil {
		n, err = retry(func() (int, error) { return unix.SendmsgN(number, p, nil, nil, joinFlags(flags)) })
	}
	if err != nil {
		return 0, fd.socketFailed("send", messageSizeReason(err, len(p)))
	}
	return n, nil
}

// SendTo sends the message p to an address, as Bind takes it, from a datagram socket that need not be connected. Errors:
// those of Send; ENOENT if there is no such path; EISCONN for a connected socket that allows no other peer; those of
// Connect for the address. See sendto(2).
func (fd FD) SendTo(p []byte, address string, flags ...int) (int, error) {
	to, domain, err := fd.address(address)
	n := 0
	if err == nil {
		n, err = retry(func() (int, error) { return unix.SendmsgN(int(fd), p, nil, to, joinFlags(flags)) })
	}
	if err != nil {
		return 0, &Error{Call: "sendto", Arg: fmt.Sprintf("%v to %s", fd, address), Err: sendToReason(address, domain, messageSizeReason(err, len(p)))}
	}
	return n, nil
}

// Recv receives into p by one recv(2) and returns how many bytes came, blocking until something is there. A stream gives
// what is there, whatever pieces it was sent in; SOCK_SEQPACKET and SOCK_DGRAM give one message, of which the part that
// does not fit into p is lost: RecvMsg tells, and so does the flag unix.MSG_TRUNC, with which n is the length of the whole
// message. unix.MSG_PEEK leaves what it shows in place, unix.MSG_DONTWAIT does not wait, unix.MSG_WAITALL waits until p is
// full. Descriptors that come with a message are lost: see RecvFDs.
//
// When the peer has closed, or shut down for writing, and all was received, it returns 0 and io.EOF; on SOCK_SEQPACKET an
// empty message looks the same. For an empty datagram it returns 0 and no error, where Read says io.EOF.
//
// Errors: ECONNRESET if the peer closed with data unread, or died of it; ENOTCONN; EAGAIN if nothing is there and it may
// not wait; EBADF, ENOTSOCK. See recv(2).
func (fd FD) Recv(p []byte, flags ...int) (int, error) {
	n, _, err := fd.receive("recv", p, flags)
	return n, err
}

// RecvFrom is Recv that also returns who sent the message: the address of the sender's socket, "" for a UNIX domain socket
// without a name, which cannot be answered. Errors: those of Recv. See recvfrom(2).
func (fd FD) RecvFrom(p []byte, flags ...int) (n int, from string, err error) {
	return fd.receive("recvfrom", p, flags)
}

// receive is recvfrom(2).
func (fd FD) receive(call string, p []byte, flags []int) (n int, from string, err error) {
	number, err := fd.checked()
	var sender unix.Sockaddr
	if err == nil {
		n, err = retry(func() (n int, err error) {
			n, sender, err = unix.Recvfrom(number, p, joinFlags(flags))
			return n, err
		})
	}
	if err != nil {
		return 0, "", fd.socketFailed(call, err)
	}
	if n == 0 && len(p) > 0 && !fd.isDatagram() {
		return 0, addressText(sender), io.EOF
	}
	return n, addressText(sender), nil
}

// isDatagram reports whether the socket has no connections, so that nothing received is an empty message.
func (fd FD) isDatagram() bool {
	kind, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil && kind == unix.SOCK_DGRAM
}

// joinFlags joins flags.
func joinFlags(flags []int) int {
	all := 0
	for _, f := range flags {
		all |= f
	}
	return all
}

// messageSizeReason explains EMSGSIZE.
func messageSizeReason(err error, n int) error {
	if err == unix.EMSGSIZE {
		return because(unix.EMSGSIZE, "a message of %s is more than the socket takes at once: SO_SNDBUF bounds it, and UDP at 65507 bytes", bytesText(n))
	}
	return err
}

// sendToReason says what an errno of sendto(2) means for this address.
func sendToReason(address string, domain int, err error) error {
	switch err {
	case unix.EAGAIN:
		return because(unix.EAGAIN, "the receiver has not taken the messages that wait for it, and it is forbidden to wait")
	case unix.EPIPE, unix.EISCONN:
		return err
	}
	return connectReason(address, domain, err)
}

// socketFailed makes the error of a call on a socket.
func (fd FD) socketFailed(call string, err error) error {
	if errno, ok := err.(unix.Errno); ok {
		if text := socketReasons[errno]; text != "" {
			err = because(errno, "%s", text)
		}
	}
	return &Error{Call: call, Arg: fd.String(), Err: err}
}

// socketReasons say what an errno means for a socket.
var socketReasons = map[unix.Errno]string{
	unix.EAGAIN:       "it would have to wait, which O_NONBLOCK, MSG_DONTWAIT or a time limit forbids; unix.Poll waits",
	unix.EPIPE:        "the peer has closed its end, or this one was shut down for writing; SIGPIPE comes with it, and ends a C program",
	unix.ECONNRESET:   "the peer closed its end without reading all that was sent to it",
	unix.ECONNREFUSED: "nobody has the address to which it is connected any more",
	unix.ENOTCONN:     "it is not connected: Connect does that, and Accept returns a socket that is",
	unix.EDESTADDRREQ: "it has no peer: Connect gives it one, or say SendTo",
	unix.ENOTSOCK:     "it is open, and not a socket",
}
