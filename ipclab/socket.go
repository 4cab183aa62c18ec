package ipclab

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Socket makes an endpoint for communication and returns a descriptor of it, without a name and not connected.
//
//   - domain: unix.AF_UNIX for processes of one machine, unix.AF_INET and unix.AF_INET6 for the network;
//   - kind: unix.SOCK_STREAM, a connection that carries bytes in order; unix.SOCK_SEQPACKET, one that carries messages in
//     order; unix.SOCK_DGRAM, messages without a connection. unix.SOCK_CLOEXEC and unix.SOCK_NONBLOCK may be joined to
//     it by |;
//   - protocol: 0, the usual one: TCP for a stream of AF_INET, UDP for its datagrams.
//
// A server calls Bind, Listen and Accept, a client Connect. Addresses are text, as Bind says.
//
// Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT or EPROTONOSUPPORT for what this kernel has not; EINVAL for other flags; EMFILE
// when the process has too many descriptors open; EACCES for raw sockets without privilege. See socket(2), unix(7) and
// tcp(7).
func Socket(domain, kind, protocol int) (FD, error) {
	fd, err := unix.Socket(domain, kind, protocol)
	if err != nil {
		return -1, &Error{Call: "socket", Arg: socketText(domain, kind), Err: descriptorsReason(err)}
	}
	return FD(fd), nil
}

// Socketpair makes two connected UNIX domain sockets, which have no names: a pipe in both directions. What is written to
// one can be read from the other. After Fork, each process closes the one that it does not use. The arguments are those
// of Socket, with unix.AF_UNIX for the domain.
//
// Errors: EOPNOTSUPP for another domain, and those of Socket. See socketpair(2).
func Socketpair(domain, kind, protocol int) (a, b FD, err error) {
	pair, err := unix.Socketpair(domain, kind, protocol)
	if err == unix.EOPNOTSUPP {
		err = because(unix.EOPNOTSUPP, "only AF_UNIX has pairs")
	}
	if err != nil {
		return -1, -1, &Error{Call: "socketpair", Arg: socketText(domain, kind), Err: descriptorsReason(err)}
	}
	return FD(pair[0]), FD(pair[1]), nil
}

// Listen lets a bound socket take connections. As many as backlog says, and one more on Linux, wait to be accepted; for
// further ones Connect blocks, on a UNIX domain socket, or is tried again by TCP until there is room. More than
// /proc/sys/net/core/somaxconn are not kept. Listen may be called again to change the backlog. The experiment Backlog
// shows what it does.
//
// A TCP socket that was not bound gets a port of the kernel's choice, which Getsockname tells.
//
// Errors: EINVAL for a negative backlog, for a UNIX domain socket without a name, or for a socket that is connected;
// EADDRINUSE if another socket listens on the port; EOPNOTSUPP for datagrams; EBADF, ENOTSOCK. See listen(2).
func (fd FD) Listen(backlog int) error {
	number, err := fd.checked()
	if err == nil && backlog < 0 {
		err = because(unix.EINVAL, "backlog %d: want 0 or more", backlog)
	}
	if err == nil {
		err = unix.Listen(number, backlog)
	}
	switch err {
	case nil:
		return nil
	case unix.EINVAL:
		err = because(unix.EINVAL, "give the socket a name by Bind first; one that is connected cannot listen")
	case unix.EOPNOTSUPP:
		err = because(unix.EOPNOTSUPP, "datagrams have no connections: receive from the socket itself")
	case unix.EADDRINUSE:
		err = fd.nameInUse(fd.ownName())
	}
	return &Error{Call: "listen", Arg: fd.String(), Err: err}
}

// Accept takes the next connection that waits at a listening socket, blocking until there is one, and returns a new
// descriptor for it and the client's address, as Getpeername would: of a UNIX domain client, which rarely has a name,
// "". The listening socket goes on listening. The flags unix.SOCK_CLOEXEC and unix.SOCK_NONBLOCK may be given for the new
// descriptor; it does not take them over from the listening one. An accept that a signal interrupts is made again.
//
// Errors: EINVAL for a socket that does not listen, EAGAIN if it has O_NONBLOCK and nobody waits, EMFILE when the process
// has too many descriptors open, and EBADF, ENOTSOCK, EOPNOTSUPP. See accept(2).
func (fd FD) Accept(flags ...int) (connection FD, from string, err error) {
	number, err := fd.checked()
	all := 0
	for _, f := range flags {
		all |= f
	}
	var client unix.Sockaddr
	accepted := -1
	if err == nil {
		accepted, err = retry(func() (n int, err error) {
			n, client, err = unix.Accept4(number, all)
			return n, err
		})
	}
	switch err {
	case nil:
		return FD(accepted), addressText(client), nil
	case unix.EAGAIN:
		err = because(unix.EAGAIN, "nobody waits to be accepted, and O_NONBLOCK forbids to wait")
	case unix.EINVAL:
		err = because(unix.EINVAL, "it does not listen: call Bind and Listen first; flags may be SOCK_CLOEXEC and SOCK_NONBLOCK")
	case unix.EOPNOTSUPP:
		err = because(unix.EOPNOTSUPP, "datagrams have no connections: receive from the socket itself")
	}
	return -1, "", &Error{Call: "accept", Arg: fd.String(), Err: descriptorsReason(err)}
}

// Shutdown closes one direction of a connection, or both, for all processes that hold the socket, and leaves the
// descriptor open: with unix.SHUT_WR the peer reads what is under way and then end of file, and can still answer, which
// is called half-close; with unix.SHUT_RD this side reads end of file; unix.SHUT_RDWR is both.
//
// Errors: ENOTCONN for a socket that is not connected, EINVAL for another how, EBADF, ENOTSOCK. See shutdown(2).
func (fd FD) Shutdown(how int) error {
	number, err := fd.checked()
	if err == nil {
		err = unix.Shutdown(number, how)
	}
	if err == unix.EINVAL {
		err = because(unix.EINVAL, "how %d: want SHUT_RD, SHUT_WR or SHUT_RDWR", how)
	}
	if err != nil {
		return fd.socketFailed("shutdown", err)
	}
	return nil
}

// Getsockname returns the socket's own address, as Bind takes it: the port that the kernel chose, for a socket bound to
// port 0; "" for a UNIX domain socket without a name. Errors: EBADF, ENOTSOCK. See getsockname(2).
func (fd FD) Getsockname() (string, error) { return fd.named("getsockname", unix.Getsockname) }

// Getpeername returns the address of the socket to which this one is connected; "" for a UNIX domain socket without a
// name. Errors: ENOTCONN, EBADF, ENOTSOCK. See getpeername(2).
func (fd FD) Getpeername() (string, error) { return fd.named("getpeername", unix.Getpeername) }

// named asks for an address.
func (fd FD) named(call string, ask func(int) (unix.Sockaddr, error)) (string, error) {
	number, err := fd.checked()
	var address unix.Sockaddr
	if err == nil {
		address, err = ask(number)
	}
	if err != nil {
		return "", fd.socketFailed(call, err)
	}
	return addressText(address), nil
}

// ownName returns the socket's own address, "" if it cannot be had.
func (fd FD) ownName() string {
	name, err := fd.Getsockname()
	if err != nil {
		return ""
	}
	return name
}

// socketText names what was to be made.
func socketText(domain, kind int) string {
	domains := map[int]string{unix.AF_UNIX: "AF_UNIX", unix.AF_INET: "AF_INET", unix.AF_INET6: "AF_INET6"}
	text := domains[domain]
	if text == "" {
		text = fmt.Sprintf("domain %d", domain)
	}
	return text + ", " + socketKindText(kind)
}

// socketKindText names the type of a socket.
func socketKindText(kind int) string {
	kinds := map[int]string{unix.SOCK_STREAM: "SOCK_STREAM", unix.SOCK_DGRAM: "SOCK_DGRAM", unix.SOCK_SEQPACKET: "SOCK_SEQPACKET"}
	if text := kinds[kind&^(unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)]; text != "" {
		return text
	}
	return fmt.Sprintf("type %d", kind)
}

// descriptorsReason explains EMFILE.
func descriptorsReason(err error) error {
	if err == unix.EMFILE {
		return because(unix.EMFILE, "close some; ipclab.Descriptors() shows them")
	}
	return err
}
