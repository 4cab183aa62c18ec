package sockdiag

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A TCP is one TCP socket, or what is left of one; UDP sockets are described by the same fields.
type TCP struct {
	Local, Peer netip.AddrPort
	State       string // "LISTEN", "ESTABLISHED", "TIME_WAIT" and so on, as in tcp(7) and RFC 9293
	Receive     int    // bytes to be read; of a listening socket, connections to be accepted
	Send        int    // bytes that the peer has not acknowledged
	Timer       string // "retransmission", "keepalive", "time wait", "window probe" or ""
	Left        time.Duration
	UID         int
	Inode       uint64 // 0 if no descriptor can refer to it, as in TIME_WAIT
}

// states are the kernel's numbers of the states, from 1.
var states = []string{"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT",
	"LAST_ACK", "LISTEN", "CLOSING", "SYN_RECV"}

// timers are the kernel's numbers of what a socket's timer is for.
var timers = []string{"", "retransmission", "keepalive", "time wait", "window probe"}

// ListTCP returns the TCP sockets, of IPv4 and then of IPv6, where the kernel has that.
func ListTCP() ([]TCP, error) { return list("tcp") }

// ListUDP returns the UDP sockets, of IPv4 and then of IPv6. Their states are "ESTABLISHED" if they are connected and "CLOSE"
// if they are not.
func ListUDP() ([]TCP, error) { return list("udp") }

// list reads the sockets of a protocol.
func list(protocol string) ([]TCP, error) {
	four, err := os.ReadFile("/proc/thread-self/net/" + protocol)
	if err != nil {
		return nil, err
	}
	six, err := os.ReadFile("/proc/thread-self/net/" + protocol + "6")
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return append(ParseTCP(string(four)), ParseTCP(string(six))...), nil
}

// ParseTCP reads /proc/net/tcp, tcp6, udp or udp6. Lines that it cannot read are left out.
func ParseTCP(text string) []TCP {
	var out []TCP
	for line := range strings.Lines(text) {
		if s, ok := parseLine(strings.Fields(line)); ok {
			out = append(out, s)
		}
	}
	return out
}

// parseLine reads the fields of a line; those after the inode depend on the state.
func parseLine(f []string) (s TCP, ok bool) {
	const fields, ticks = 10, time.Second / 100
	if len(f) < fields {
		return s, false
	}
	local, ok1 := endpoint(f[1])
	peer, ok2 := endpoint(f[2])
	state, err1 := strconv.ParseUint(f[3], 16, 8)
	send, receive, ok3 := hexPair(f[4])
	timer, left, ok4 := hexPair(f[5])
	uid, err2 := strconv.Atoi(f[7])
	inode, err3 := strconv.ParseUint(f[9], 10, 64)
	if !ok1 || !ok2 || !ok3 || !ok4 || err1 != nil || err2 != nil || err3 != nil {
		return s, false
	}
	s = TCP{Local: local, Peer: peer, Send: send, Receive: receive, UID: uid, Inode: inode}
	s.State, s.Timer = name(states, int(state)), name(timers, timer)
	if s.Timer != "" {
		s.Left = time.Duration(left) * ticks
	}
	return s, true
}

// name returns the name of a number.
func name(names []string, n int) string {
	if n < len(names) {
		return names[n]
	}
	return strconv.Itoa(n)
}

// hexPair reads two numbers with a colon between.
func hexPair(text string) (a, b int, ok bool) {
	left, right, _ := strings.Cut(text, ":")
	x, err1 := strconv.ParseUint(left, 16, 32)
	y, err2 := strconv.ParseUint(right, 16, 32)
	return int(x), int(y), err1 == nil && err2 == nil
}

// endpoint reads an address and port: "0100007F:1F90" is 127.0.0.1:8080 on a little-endian machine. Each 32 bits of the
// address are printed as a number, though they are in network order in memory.
func endpoint(text string) (netip.AddrPort, bool) {
	const word = 4
	address, port, _ := strings.Cut(text, ":")
	p, err := strconv.ParseUint(port, 16, 16)
	raw, err2 := hex.DecodeString(address)
	if err != nil || err2 != nil || len(raw)%word != 0 {
		return netip.AddrPort{}, false
	}
	for part := range slices.Chunk(raw, word) {
		binary.NativeEndian.PutUint32(part, binary.BigEndian.Uint32(part))
	}
	a, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(a.Unmap(), uint16(p)), ok
}
