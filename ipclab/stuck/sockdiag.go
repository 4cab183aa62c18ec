package stuck

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Numbers of sock_diag(7), linux/sock_diag.h, linux/unix_diag.h and linux/inet_diag.h.
const (
	diagByFamily = 20 // SOCK_DIAG_BY_FAMILY
	showName     = 1 << 0
	showPeer     = 1 << 2
	attrName     = 0
	attrPeer     = 2
	listening    = 10 // TCP_LISTEN, which UNIX sockets use too
	everyState   = 1<<32 - 1
)

// A socket is what diagnostics say of one.
type socket struct {
	inode      uint64
	family     byte
	kind       string // "UNIX stream socket", "TCP socket"
	name       string // its path or address; "" for none
	peer       uint64 // inode of the other end, UNIX only
	from, to   netip.AddrPort
	listens    bool
	datagram   bool
	namedBytes string // the name as in sockaddr_un
}

// String returns the kind and name, or the inode.
func (s *socket) String() string {
	if s.name != "" {
		return s.kind + " " + s.name
	}
	return fmt.Sprintf("%s %d", s.kind, s.inode)
}

// sockets are the sockets of the machine, or of a network namespace.
type sockets struct {
	byInode map[uint64]*socket
}

// readSockets asks for all. Where that is not possible, there are none.
func readSockets() *sockets {
	all := &sockets{byInode: map[uint64]*socket{}}
	all.ask(unixRequest(), all.addUnix)
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		for _, protocol := range []byte{unix.IPPROTO_TCP, unix.IPPROTO_UDP} {
			all.ask(inetRequest(family, protocol), func(b []byte) { all.addInet(b, protocol) })
		}
	}
	return all
}

func unixRequest() []byte {
	b := make([]byte, 24)
	b[0] = unix.AF_UNIX
	binary.NativeEndian.PutUint32(b[4:], everyState)
	binary.NativeEndian.PutUint32(b[12:], showName|showPeer)
	return b
}

func inetRequest(family, protocol byte) []byte {
	b := make([]byte, 56)
	b[0], b[1] = family, protocol
	binary.NativeEndian.PutUint32(b[4:], everyState)
	return b
}

// ask sends a request and takes the answers.
func (all *sockets) ask(request []byte, take func([]byte)) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	_ = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 50_000})
	header := make([]byte, unix.NLMSG_HDRLEN)
	binary.NativeEndian.PutUint32(header, uint32(len(header)+len(request)))
	binary.NativeEndian.PutUint16(header[4:], diagByFamily)
	binary.NativeEndian.PutUint16(header[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	if unix.Sendto(fd, append(header, request...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
		return
	}
	buffer := make([]byte, 1<<16)
	for {
		n, _, err := unix.Recvfrom(fd, buffer, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil || !messages(buffer[:max(n, 0)], take) {
			return
		}
	}
}

// messages passes on the answers in a packet, and reports whether more will come.
func messages(b []byte, take func([]byte)) bool {
	if len(b) == 0 {
		return false
	}
	for len(b) >= unix.NLMSG_HDRLEN {
		n, kind := int(le32(b)), le16(b[4:])
		if n < unix.NLMSG_HDRLEN || n > len(b) || kind != diagByFamily {
			return false // done, or an error
		}
		take(b[unix.NLMSG_HDRLEN:n])
		b = b[min(align(n), len(b)):]
	}
	return true
}

func align(n int) int { return (n + 3) &^ 3 }

// addUnix takes a struct unix_diag_msg with its attributes.
func (all *sockets) addUnix(b []byte) {
	const size = 16
	if len(b) < size {
		return
	}
	kinds := map[byte]string{unix.SOCK_STREAM: "UNIX stream socket", unix.SOCK_DGRAM: "UNIX datagram socket", unix.SOCK_SEQPACKET: "UNIX seqpacket socket"}
	s := &socket{family: unix.AF_UNIX, kind: kinds[b[1]], inode: uint64(le32(b[4:])), listens: b[2] == listening, datagram: b[1] == unix.SOCK_DGRAM}
	for rest := b[size:]; len(rest) >= 4; {
		n, kind := int(le16(rest)), le16(rest[2:])
		if n < 4 || n > len(rest) {
			break
		}
		switch value := rest[4:n]; {
		case kind == attrName:
			s.namedBytes = string(value)
			s.name = socketName(s.namedBytes)
		case kind == attrPeer && len(value) >= 4:
			s.peer = uint64(le32(value))
		}
		rest = rest[min(align(n), len(rest)):]
	}
	all.byInode[s.inode] = s
}

// socketName writes the name of a UNIX socket: a path, or "@…" for an abstract one.
func socketName(b string) string {
	if b != "" && b[0] == 0 {
		return "@" + b[1:]
	}
	for i := range len(b) {
		if b[i] == 0 {
			return b[:i]
		}
	}
	return b
}

// addInet takes a struct inet_diag_msg.
func (all *sockets) addInet(b []byte, protocol byte) {
	const size = 72
	if len(b) < size {
		return
	}
	s := &socket{family: b[0], kind: "TCP socket", inode: uint64(le32(b[68:])), datagram: protocol == unix.IPPROTO_UDP}
	s.listens = b[1] == listening && !s.datagram
	if s.datagram {
		s.kind = "UDP socket"
	}
	s.from = netip.AddrPortFrom(address(b[0], b[8:24]), binary.BigEndian.Uint16(b[4:]))
	s.to = netip.AddrPortFrom(address(b[0], b[24:40]), binary.BigEndian.Uint16(b[6:]))
	s.name = s.from.String()
	if s.to.Port() != 0 {
		s.name += " connected to " + s.to.String()
	}
	if s.inode != 0 { // 0: no process has it, as in TIME_WAIT
		all.byInode[s.inode] = s
	}
}

func address(family byte, b []byte) netip.Addr {
	if family == unix.AF_INET {
		return netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.AddrFrom16([16]byte(b[:16])).Unmap()
}

// peerOf returns the other end of a connection, nil where that is not on this machine, or there is none.
func (all *sockets) peerOf(s *socket) *socket {
	if s.family == unix.AF_UNIX {
		return all.byInode[s.peer]
	}
	if s.to.Port() == 0 {
		return nil
	}
	for _, o := range all.byInode {
		if o.kind == s.kind && o.from == s.to && o.to == s.from {
			return o
		}
	}
	return nil
}

// named returns the UNIX socket that a struct sockaddr_un names.
func (all *sockets) named(sockaddr []byte) *socket {
	if len(sockaddr) < 3 || le16(sockaddr) != unix.AF_UNIX {
		return nil
	}
	name := string(sockaddr[2:])
	for _, s := range all.byInode {
		if s.family != unix.AF_UNIX || s.namedBytes == "" || s.peer != 0 && !s.datagram {
			continue
		}
		if s.namedBytes == name || socketName(s.namedBytes) == socketName(name) && name[0] != 0 {
			return s
		}
	}
	return nil
}
