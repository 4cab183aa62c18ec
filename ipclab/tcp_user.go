package ipclab

import (
	"fmt"
	"net/netip"
	"strings"

	"ipclab/ipclab/internal/sockdiag"
)

// networkUser says who has the address at which fd was to be, "" if nobody can be found.
func (fd FD) networkUser(address string) string {
	protocol, list := "TCP", sockdiag.ListTCP
	if fd.isDatagram() {
		protocol, list = "UDP", sockdiag.ListUDP
	}
	wanted, err := netip.ParseAddrPort(strings.Replace(address, "localhost:", "127.0.0.1:", 1))
	if strings.HasPrefix(address, ":") {
		wanted, err = netip.ParseAddrPort("0.0.0.0" + address)
	}
	all, listErr := list()
	if err != nil || listErr != nil {
		return ""
	}
	waiting := 0
	for _, s := range all {
		switch {
		case !addressesOverlap(s.Local, wanted):
		case s.Inode != 0 && protocol == "UDP":
			return "a UDP socket has that port, " + socketHeldBy(s.Inode)
		case s.Inode != 0:
			return fmt.Sprintf("a TCP socket in state %s has that port, %s", s.State, socketHeldBy(s.Inode))
		case s.State == "TIME_WAIT":
			waiting++
		}
	}
	if waiting > 0 {
		ended := "1 ended connection of that port is"
		if waiting > 1 {
			ended = fmt.Sprintf("%d ended connections of that port are", waiting)
		}
		return ended + " in TIME_WAIT, for a minute; a server that sets SO_REUSEADDR before its first bind, and again after a restart, " +
			"can bind all the same"
	}
	return ""
}

// addressesOverlap reports whether two addresses cannot both be bound: one port, and one address or an address that stands for all.
func addressesOverlap(a, b netip.AddrPort) bool {
	return a.Port() == b.Port() && (a.Addr() == b.Addr() || a.Addr().IsUnspecified() || b.Addr().IsUnspecified())
}
