package means

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// packetMost is the size of the largest packet. The kernel keeps a packet in one piece, and allows for it what the buffer
// to send has: 208 KiB unless the system was told otherwise.
const packetMost = 128 << 10

var sockets = []*Means{
	{
		Name: "stream", Style: Raw, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a UNIX stream socket pair: write(2), and read(2) until all is there",
		Open:  func(size int) (Line, error) { return openPair(unix.SOCK_STREAM, size, newBytesEnd) },
	},
	{
		Name: "stream", Style: Go, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a UNIX stream socket: net.UnixConn.Write and io.ReadFull, with the runtime's poller",
		Open:  func(size int) (Line, error) { return openPair(unix.SOCK_STREAM, size, newConnEnd) },
	},
	{
		Name: "datagram", Style: Raw, Least: 1, Most: packetMost, Copies: 2, OneWay: true,
		About: "a packet through a UNIX datagram socket pair: send(2) and recv(2); nobody is told that the other has ended",
		Open:  func(size int) (Line, error) { return openPair(unix.SOCK_DGRAM, size, newPacketEnd) },
	},
	{
		Name: "datagram", Style: Go, Least: 1, Most: packetMost, Copies: 2, OneWay: true,
		About: "a packet through a UNIX datagram socket: net.UnixConn.Write and Read, with the runtime's poller",
		Open:  func(size int) (Line, error) { return openPair(unix.SOCK_DGRAM, size, newConnEnd) },
	},
	{
		Name: "seqpacket", Style: Raw, Least: 1, Most: packetMost, Copies: 2, OneWay: true,
		About: "a packet through a UNIX seqpacket socket pair: send(2) and recv(2)",
		Open:  func(size int) (Line, error) { return openPair(unix.SOCK_SEQPACKET, size, newPacketEnd) },
	},
	{
		Name: "seqpacket", Style: Go, Least: 1, Most: packetMost, Copies: 2, OneWay: true,
		About: "a packet through a UNIX seqpacket socket: net.UnixConn.Write and Read, with the runtime's poller",
		Open:  func(size int) (Line, error) { return openPair(unix.SOCK_SEQPACKET, size, newConnEnd) },
	},
}

// openPair makes a socket pair. Sockets of packets get as large a buffer as the system allows.
func openPair(kind, size int, end func(in, out int) (End, error)) (Line, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	if kind != unix.SOCK_STREAM {
		if err := enlarge(pair, size); err != nil {
			closeBoth(pair)
			return nil, err
		}
	}
	return paired(pair[0], pair[1], end), nil
}

// enlarge asks for a buffer to send of 4 MiB, of which the system grants what it wants, and checks that a packet of size
// bytes fits.
func enlarge(pair [2]int, size int) error {
	const (
		wanted = 4 << 20
		spare  = 32 // which the kernel keeps
	)
	for _, fd := range pair {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, wanted); err != nil {
			return fmt.Errorf("setsockopt SO_SNDBUF: %w", err)
		}
		room, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF)
		if err != nil {
			return fmt.Errorf("getsockopt SO_SNDBUF: %w", err)
		}
		if size > room-spare {
			return fmt.Errorf("packets of %d bytes: the system grants a buffer of %d; raise /proc/sys/net/core/wmem_max: %w",
				size, room, unix.EMSGSIZE)
		}
	}
	return nil
}

// packetEnd sends and receives with send(2) and recv(2).
type packetEnd struct{ in, out int }

func newPacketEnd(in, out int) (End, error) {
	ownTable()
	return &packetEnd{in, out}, nil
}

func (e *packetEnd) Send(message []byte) error { return send(e.out, message) }

func (e *packetEnd) Receive(message []byte) error { return receive(e.in, message) }
