package ipclab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/ptrace"
	"ipclab/ipclab/internal/sockdiag"
)

// askSocket asks the kernel where a socket's data go, and how what it reads is called where it is written. known is false if
// that may change without a call that tells so: nobody has accepted a connection, for example.
func askSocket(u ptrace.Use, inode uint64) (channel ptrace.Channel, known bool) {
	if local, _ := sockdiag.ListUnix(); slices.ContainsFunc(local, func(s sockdiag.Unix) bool { return s.Inode == inode }) {
		return unixChannel(local, u, inode)
	}
	over, _ := sockdiag.ListTCP()
	for _, s := range over {
		if s.Inode == inode && s.Peer.Port() != 0 {
			return ptrace.Channel{Written: fmt.Sprintf("TCP to %v from %v", s.Peer, s.Local), Read: fmt.Sprintf("TCP to %v from %v", s.Local, s.Peer)}, true
		}
	}
	over, _ = sockdiag.ListUDP() // without one that has no port yet, which it gets when it sends
	if u.To == nil && !slices.ContainsFunc(over, func(s sockdiag.TCP) bool { return s.Inode == inode }) {
		return ptrace.Channel{}, false
	}
	return udpChannel(over, u.To, inode)
}

// unixChannel names those of a UNIX domain socket by the sockets that read.
func unixChannel(all []sockdiag.Unix, u ptrace.Use, inode uint64) (channel ptrace.Channel, known bool) {
	named := func(s sockdiag.Unix) string { return strings.TrimSpace(fmt.Sprintf("socket %d %s", s.Inode, s.Name)) }
	isPeer := func(sockdiag.Unix) bool { return false }
	for _, s := range all {
		if s.Inode == inode {
			channel.Read, channel.Messages = named(s), s.Type != unix.SOCK_STREAM
			isPeer = func(o sockdiag.Unix) bool { return s.Peer != 0 && o.Inode == s.Peer }
		}
	}
	if u.To != nil {
		isPeer = boundTo(u)
	}
	if i := slices.IndexFunc(all, isPeer); i >= 0 {
		channel.Written = named(all[i])
	}
	return channel, channel.Written != ""
}

// boundTo tells the socket of the address to which a call sends. A path is relative to the folder of who sends.
func boundTo(u ptrace.Use) func(sockdiag.Unix) bool {
	name := string(u.To[2:])
	if abstract, ok := strings.CutPrefix(name, "\x00"); ok {
		return func(s sockdiag.Unix) bool { return s.Name == "@"+abstract }
	}
	name, _, _ = strings.Cut(name, "\x00")
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(fmt.Sprintf("/proc/%d/cwd", u.Pid), path)
	}
	var file unix.Stat_t
	if err := unix.Stat(path, &file); err != nil {
		return func(sockdiag.Unix) bool { return false }
	}
	return func(s sockdiag.Unix) bool { return s.IsFile(&file) }
}

// udpChannel names those of a UDP socket by the address of who reads.
func udpChannel(all []sockdiag.TCP, to []byte, inode uint64) (channel ptrace.Channel, known bool) {
	named := func(s sockdiag.TCP) string { return fmt.Sprintf("UDP to %v", s.Local) }
	var own sockdiag.TCP
	for _, s := range all {
		if s.Inode == inode {
			own = s
		}
	}
	channel.Messages = true
	if own.Local.Port() != 0 {
		channel.Read = named(own)
	}
	peer := own.Peer
	if to != nil {
		peer = internetAddress(to)
	}
	best := 0
	for _, s := range all {
		if fit := fitUDP(s, peer, own.Local); fit > best {
			best, channel.Written = fit, named(s)
		}
	}
	return channel, channel.Written != "" && channel.Read != ""
}

// fitUDP says how well a socket fits to receive what is sent to an address from another: 0 is not at all.
func fitUDP(s sockdiag.TCP, to, from netip.AddrPort) (fit int) {
	switch {
	case to.Port() == 0 || s.Local.Port() != to.Port():
		return 0
	case s.Local.Addr() == to.Addr():
		fit = 2
	case s.Local.Addr().IsUnspecified():
		fit = 1
	default:
		return 0
	}
	switch { // one that is connected receives from its peer alone
	case s.Peer.Port() == 0:
		return fit
	case s.Peer.Port() == from.Port():
		return fit + 2
	}
	return 0
}

// internetAddress reads a socket address; what is none is the zero value.
func internetAddress(b []byte) (a netip.AddrPort) {
	const four, six = 8, 24 // bytes as far as the address goes
	switch family := binary.NativeEndian.Uint16(b); {
	case family == unix.AF_INET && len(b) >= four:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), binary.BigEndian.Uint16(b[2:]))
	case family == unix.AF_INET6 && len(b) >= six:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])).Unmap(), binary.BigEndian.Uint16(b[2:]))
	}
	return a
}
