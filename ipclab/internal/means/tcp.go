package means

import (
	"fmt"

	"golang.org/x/sys/unix"
)

var tcps = []*Means{
	{
		Name: "tcp", Style: Raw, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a TCP connection on 127.0.0.1 with TCP_NODELAY: write(2), and read(2) until all is there",
		Open:  func(int) (Line, error) { return openTCP(newBytesEnd) },
	},
	{
		Name: "tcp", Style: Go, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a TCP connection on 127.0.0.1: net.TCPConn.Write and io.ReadFull, with the runtime's poller",
		Open:  func(int) (Line, error) { return openTCP(newConnEnd) },
	},
}

// openTCP makes a connection of this process with itself, whose ends the children take.
func openTCP(end func(in, out int) (End, error)) (Line, error) {
	listener, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(listener)
	address, err := listen(listener)
	if err != nil {
		return nil, fmt.Errorf("listen on 127.0.0.1: %w", err)
	}
	client, server, err := connected(listener, address)
	if err != nil {
		return nil, fmt.Errorf("connect to 127.0.0.1: %w", err)
	}
	for _, fd := range []int{client, server} {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			closeBoth([2]int{client, server})
			return nil, fmt.Errorf("setsockopt TCP_NODELAY: %w", err)
		}
	}
	return paired(client, server, end), nil
}

// listen waits for connections on a port that the kernel chooses.
func listen(fd int) (unix.Sockaddr, error) {
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return nil, err
	}
	if err := unix.Listen(fd, 1); err != nil {
		return nil, err
	}
	return unix.Getsockname(fd)
}

// connected returns both ends of a new connection. Another program may connect to the port first: who is accepted is
// compared with who asked.
func connected(listener int, address unix.Sockaddr) (client, server int, err error) {
	if client, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, -1, err
	}
	if err = unix.Connect(client, address); err == nil {
		var own unix.Sockaddr
		if own, err = unix.Getsockname(client); err == nil {
			server, err = acceptFrom(listener, own)
		}
	}
	if err != nil {
		unix.Close(client)
		return -1, -1, err
	}
	return client, server, nil
}

// acceptFrom accepts the connection that comes from an address, and closes others.
func acceptFrom(listener int, from unix.Sockaddr) (int, error) {
	want := from.(*unix.SockaddrInet4)
	for {
		fd, peer, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return -1, err
		}
		if p, ok := peer.(*unix.SockaddrInet4); ok && p.Port == want.Port && p.Addr == want.Addr {
			return fd, nil
		}
		unix.Close(fd)
	}
}
