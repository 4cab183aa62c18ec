package ipclab

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// pathMost is how many bytes the path of a UNIX domain socket may have, or an abstract name with its @: sun_path has 108,
// the last one for a zero.
const pathMost = 107

// address turns text into an address for the socket's own domain, which is returned too.
func (fd FD) address(text string) (unix.Sockaddr, int, error) {
	number, err := fd.checked()
	if err != nil {
		return nil, 0, err
	}
	domain, err := unix.GetsockoptInt(number, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return nil, 0, err
	}
	var address unix.Sockaddr
	switch domain {
	case unix.AF_UNIX:
		address, err = unixAddress(text)
	case unix.AF_INET, unix.AF_INET6:
		address, err = networkAddress(text, domain)
	default:
		err = because(unix.EAFNOSUPPORT, "this package knows addresses of AF_UNIX, AF_INET and AF_INET6; package unix has the others")
	}
	return address, domain, err
}

// unixAddress returns the address of a path or, after @, of an abstract name; of @ alone, a name of the kernel's choice.
func unixAddress(text string) (unix.Sockaddr, error) {
	switch {
	case text == "":
		return nil, because(unix.EINVAL, "the path is empty")
	case text == "@":
		return &unix.SockaddrUnix{}, nil
	case strings.Contains(text, "\x00"):
		return nil, because(unix.EINVAL, "it holds a zero byte; write @ before an abstract name")
	case len(text) > pathMost && text[0] == '@':
		return nil, because(unix.ENAMETOOLONG, "the abstract name has %d bytes, and there is room for %d", len(text)-1, pathMost-1)
	case len(text) > pathMost:
		return nil, because(unix.ENAMETOOLONG, "the path has %d bytes, and sun_path has room for %d: use a shorter folder, or change to it by "+
			"os.Chdir and give the file's name alone", len(text), pathMost)
	}
	return &unix.SockaddrUnix{Name: text}, nil
}

// networkAddress returns the address of a host's address and a port.
func networkAddress(text string, domain int) (unix.Sockaddr, error) {
	host, service, err := net.SplitHostPort(text)
	if err != nil {
		return nil, because(unix.EINVAL, "want an address and a port, as in 127.0.0.1:8080, [::1]:8080 or :0")
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, because(unix.EINVAL, "port %q: want 0 to 65535", service)
	}
	if host == "" || host == "localhost" {
		host = wellKnown(host, domain)
	}
	address, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return nil, because(unix.EINVAL, "%q is no address; net.LookupHost finds the address of a name", host)
	case address.Zone() != "":
		return nil, because(unix.EINVAL, "zones are not known here; package unix has them")
	case domain == unix.AF_INET && !address.Is4():
		return nil, because(unix.EAFNOSUPPORT, "the socket is of AF_INET, and %s is no IPv4 address", host)
	case domain == unix.AF_INET:
		return &unix.SockaddrInet4{Port: int(port), Addr: address.As4()}, nil
	}
	return &unix.SockaddrInet6{Port: int(port), Addr: address.As16()}, nil
}

// wellKnown returns the address of "localhost", and of "", which is every address of this machine.
func wellKnown(host string, domain int) string {
	switch {
	case host == "" && domain == unix.AF_INET:
		return "0.0.0.0"
	case host == "":
		return "::"
	case domain == unix.AF_INET:
		return "127.0.0.1"
	}
	return "::1"
}

// addressText is the reverse of address; "" for a socket without a name.
func addressText(address unix.Sockaddr) string {
	switch a := address.(type) {
	case *unix.SockaddrUnix:
		if a.Name == "@" { // package unix has the @ for a first byte of zero, which a missing name has too
			return ""
		}
		return a.Name
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)).String()
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port)).String()
	}
	return ""
}
