package sysname

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// socketAddress reads the address of a socket.
func socketAddress(v View, address, length uint64) string {
	b := make([]byte, min(length, unix.SizeofSockaddrUnix))
	if n := v.Memory(address, b); n < len(b) || n < 2 {
		return pointer(address)
	}
	rest := b[2:]
	port := func() uint16 { return binary.BigEndian.Uint16(rest) }
	switch family := binary.NativeEndian.Uint16(b); {
	case family == unix.AF_UNIX && len(rest) == 0:
		return "{AF_UNIX}"
	case family == unix.AF_UNIX && rest[0] == 0:
		return "{AF_UNIX @" + quote(rest[1:]) + "}"
	case family == unix.AF_UNIX:
		path, _, _ := strings.Cut(string(rest), "\x00")
		return "{AF_UNIX " + strconv.Quote(path) + "}"
	case family == unix.AF_INET && len(rest) >= 6:
		return fmt.Sprintf("{AF_INET %v}", netip.AddrPortFrom(netip.AddrFrom4([4]byte(rest[2:6])), port()))
	case family == unix.AF_INET6 && len(rest) >= 22:
		return fmt.Sprintf("{AF_INET6 %v}", netip.AddrPortFrom(netip.AddrFrom16([16]byte(rest[6:22])), port()))
	default:
		return "{" + words["sockfamily"].text(uint64(family)) + "}"
	}
}

// polls reads what poll(2) watches.
func polls(v View, address, count uint64) string {
	const most = 8
	events := []flag{{unix.POLLIN, "POLLIN"}, {unix.POLLPRI, "POLLPRI"}, {unix.POLLOUT, "POLLOUT"}, {unix.POLLERR, "POLLERR"}, {unix.POLLHUP, "POLLHUP"}, {unix.POLLRDHUP, "POLLRDHUP"}}
	var parts []string
	for i := range min(count, most) {
		w, ok := word64(v, address+8*i)
		if !ok {
			return pointer(address)
		}
		parts = append(parts, fmt.Sprintf("{%s, %s}", descriptor(int64(int32(w)), v), word{flags: events}.text(w>>32&0xffff)))
	}
	if count > most {
		parts = append(parts, "...")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// vector reads the parts of a scattered buffer: those that were written or filled, as far as that is known.
func vector(v View, address, count uint64, c *Call) string {
	const most = 8
	left := ^uint64(0)
	if c.Returned && c.Result >= 0 {
		left = uint64(c.Result)
	}
	var parts []string
	for i := range min(count, most) {
		base, ok := word64(v, address+16*i)
		length, ok2 := word64(v, address+16*i+8)
		if !ok || !ok2 {
			return pointer(address)
		}
		parts = append(parts, quoted(v, base, min(length, left)))
		left -= min(length, left)
	}
	if count > most {
		parts = append(parts, "...")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// message reads a msghdr: its data, and how much control data goes along. See recvmsg(2).
func message(v View, address uint64, c *Call) string {
	base, ok := word64(v, address+16)
	count, ok2 := word64(v, address+24)
	control, ok3 := word64(v, address+40)
	if !ok || !ok2 || !ok3 {
		return pointer(address)
	}
	s := "{data=" + vector(v, base, count, c)
	if control > 0 {
		s += fmt.Sprintf(", control=%d bytes", control)
	}
	return s + "}"
}
