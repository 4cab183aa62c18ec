package ipclab

import (
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// fdsMost is SCM_MAX_FD, how many descriptors one message can bring.
const fdsMost = 253

// A SocketMessage is what RecvMsg received beside the bytes.
type SocketMessage struct {
	N         int    // bytes received
	Length    int    // of the whole message, which is more than N if it was cut; N for a stream
	From      string // who sent it, as RecvFrom says
	Truncated bool   // MSG_TRUNC: the message was longer than the buffer, and the rest is lost
	FDs       []FD   // descriptors that came with it, now open here: close them
	FDsLost   bool   // MSG_CTRUNC: more descriptors came than there was room for, and the rest is closed
}

// RecvMsg receives as Recv does, and tells what came beside the bytes: who sent them, whether a message was cut, and
// descriptors, of which at most so many are taken. To be told the length of a message that is cut, it looks at it first, so
// another process must not receive from the same socket at the same time. Flags are those of Recv;
// unix.MSG_CMSG_CLOEXEC sets close-on-exec on the descriptors.
//
// Errors: EINVAL for a number of descriptors below 0 or above 253; those of Recv; io.EOF at the end. See recvmsg(2).
func (fd FD) RecvMsg(p []byte, descriptors int, flags ...int) (SocketMessage, error) {
	if descriptors < 0 || descriptors > fdsMost {
		return SocketMessage{}, &Error{Call: "recvmsg", Arg: fd.String(), Err: because(unix.EINVAL, "%d descriptors: want 0 to %d", descriptors, fdsMost)}
	}
	length := 0
	if kind, err := fd.Getsockopt(unix.SOL_SOCKET, unix.SO_TYPE); err == nil && kind != unix.SOCK_STREAM {
		n, err := fd.Recv(nil, append([]int{unix.MSG_PEEK, unix.MSG_TRUNC}, flags...)...)
		if err != nil {
			return SocketMessage{}, err
		}
		length = n
	}
	m, err := fd.receiveMessage(p, descriptors, joinFlags(flags))
	m.Length = max(length, m.N)
	return m, err
}

// receiveMessage is recvmsg(2).
func (fd FD) receiveMessage(p []byte, descriptors, flags int) (m SocketMessage, err error) {
	number, err := fd.checked()
	if err != nil {
		return m, fd.socketFailed("recvmsg", err)
	}
	var control []byte
	if descriptors > 0 { // CmsgLen and not CmsgSpace, in whose padding one more would fit
		control = make([]byte, unix.CmsgLen(descriptors*sizeofInt))
	}
	var used, got int
	var sender unix.Sockaddr
	m.N, err = retry(func() (n int, err error) {
		n, used, got, sender, err = unix.Recvmsg(number, p, control, flags)
		return n, err
	})
	if err != nil {
		return SocketMessage{}, fd.socketFailed("recvmsg", err)
	}
	m.From, m.Truncated, m.FDsLost = addressText(sender), got&unix.MSG_TRUNC != 0, got&unix.MSG_CTRUNC != 0
	m.FDs = rightsIn(control[:used])
	if m.N == 0 && len(p) > 0 && len(m.FDs) == 0 && !fd.isDatagram() {
		return m, io.EOF
	}
	return m, nil
}

// sizeofInt is the size of a descriptor in a message.
const sizeofInt = 4

// rightsIn returns the descriptors in ancillary data.
func rightsIn(control []byte) (fds []FD) {
	messages, _ := unix.ParseSocketControlMessage(control)
	for _, m := range messages {
		rights, _ := unix.ParseUnixRights(&m) // an error for one of another kind
		for _, r := range rights {
			fds = append(fds, FD(r))
		}
	}
	return fds
}

// SendFDs sends descriptors, with the bytes of p, to the process at the other end of a UNIX domain socket. It gets
// descriptors of its own, of numbers of its own, for the same open file descriptions, as a forked child would: offset and
// status flags are shared. The ones here stay open; what is under way counts as open too. p must hold a byte at least, with
// which they travel.
//
// Errors: EINVAL for an empty p, for more than 253 descriptors, or for a socket that is not of AF_UNIX; EBADF if one is not
// open; EPERM for one that the notebook's kernel or the Go runtime needs for itself; ETOOMANYREFS if too many are under
// way; those of Send. See SCM_RIGHTS in unix(7).
func (fd FD) SendFDs(p []byte, fds ...FD) error {
	number, err := fd.checked()
	if err == nil {
		err = fd.sendable(p, fds)
	}
	if err == nil {
		var rights []int
		for _, f := range fds {
			rights = append(rights, int(f))
		}
		_, err = retry(func() (int, error) { return unix.SendmsgN(number, p, unix.UnixRights(rights...), nil, 0) })
	}
	switch err {
	case nil:
		return nil
	case unix.EBADF:
		err = because(unix.EBADF, "the socket, or one of %v, is not open", fds)
	}
	return fd.socketFailed("sendmsg", messageSizeReason(err, len(p)))
}

// sendable checks what is to be sent, and by what: TCP would send the bytes without the descriptors.
func (fd FD) sendable(p []byte, fds []FD) error {
	domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
	switch {
	case err != nil:
		return err
	case domain != unix.AF_UNIX:
		return because(unix.EINVAL, "only a socket of AF_UNIX carries descriptors")
	case len(p) == 0:
		return because(unix.EINVAL, "descriptors travel with at least one byte, and there is none")
	case len(fds) > fdsMost:
		return because(unix.EINVAL, "%d descriptors: a message carries at most %d", len(fds), fdsMost)
	}
	for _, f := range fds {
		if err := f.available(); err != nil {
			return fmt.Errorf("%v: %w", f, err)
		}
	}
	return nil
}

// RecvFDs receives bytes into p and the descriptors that come with them, at most so many, which are open in this process
// then: close them. More than that, and more than this process may have open, are closed by the operating system, which
// says so by MSG_CTRUNC: the error is EMSGSIZE then, and n and fds what did arrive.
//
// A read(2) or recv(2) of those bytes, as Read and Recv make it, loses the descriptors without a word. On a stream, bytes
// of two messages with descriptors are never received together. That a message's bytes were cut is told by RecvMsg alone.
//
// Errors: EMSGSIZE as above; EINVAL for a number below 0 or above 253; those of Recv; io.EOF at the end. See SCM_RIGHTS in
// unix(7).
func (fd FD) RecvFDs(p []byte, most int) (n int, fds []FD, err error) {
	if most < 0 || most > fdsMost {
		return 0, nil, &Error{Call: "recvmsg", Arg: fd.String(), Err: because(unix.EINVAL, "%d descriptors: want 0 to %d", most, fdsMost)}
	}
	m, err := fd.receiveMessage(p, most, 0)
	if err == nil && m.FDsLost {
		err = &Error{Call: "recvmsg", Arg: fd.String(), Err: because(unix.EMSGSIZE, "MSG_CTRUNC: of the descriptors that came, %d were taken "+
			"and the rest is closed: there was room for %d, as far as the limit of open descriptors allows", len(m.FDs), most)}
	}
	return m.N, m.FDs, err
}
