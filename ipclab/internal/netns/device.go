package netns

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/netlink"
)

// Device is the name of the device in each namespace that Connect connects.
const Device = "eth0"

// peerInfo is VETH_INFO_PEER of include/uapi/linux/veth.h.
const peerInfo = 1

// order is that of netlink.
var order = binary.NativeEndian

// routes opens a netlink socket in a namespace.
func routes(ns int) (*netlink.Conn, error) {
	_, leave, err := Enter(ns)
	if err != nil {
		return nil, err
	}
	c, err := netlink.Open(unix.NETLINK_ROUTE)
	if e := leave(); e != nil {
		return nil, e
	}
	return c, err
}

// Connect makes a pair of devices, one in each namespace, so that what is sent through one comes out of the other.
func Connect(a, b int) error {
	c, err := routes(a)
	if err != nil {
		return err
	}
	defer c.Close()
	peer := netlink.Attribute(peerInfo, device(0, 0, 0), netlink.Text(unix.IFLA_IFNAME, Device), netlink.Number(unix.IFLA_NET_NS_FD, uint32(b)))
	info := netlink.Attribute(unix.IFLA_LINKINFO, netlink.Text(unix.IFLA_INFO_KIND, "veth"), netlink.Attribute(unix.IFLA_INFO_DATA, peer))
	body := append(device(0, 0, 0), netlink.Text(unix.IFLA_IFNAME, Device)...)
	if _, err := c.Do(unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL, append(body, info...)); err != nil {
		return fmt.Errorf("a pair of devices of kind veth, by RTM_NEWLINK: %w", err)
	}
	return nil
}

// Up gives the device of a namespace an address, with its network, and switches it and the loopback on.
func Up(ns int, address netip.Prefix) error {
	c, err := routes(ns)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, name := range []string{"lo", Device} {
		index, err := find(c, name)
		if err != nil {
			return fmt.Errorf("device %s: %w", name, err)
		}
		if name == Device {
			if _, err := c.Do(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, addressRequest(index, address)); err != nil {
				return fmt.Errorf("address %v of device %s, by RTM_NEWADDR: %w", address, name, err)
			}
		}
		if _, err := c.Do(unix.RTM_NEWLINK, 0, device(index, unix.IFF_UP, unix.IFF_UP)); err != nil {
			return fmt.Errorf("device %s up, by RTM_NEWLINK: %w", name, err)
		}
	}
	return nil
}

// device is a struct ifinfomsg: the device of an index, and flags to change.
func device(index int32, flags, change uint32) []byte {
	m := make([]byte, unix.SizeofIfInfomsg)
	order.PutUint32(m[4:], uint32(index))
	order.PutUint32(m[8:], flags)
	order.PutUint32(m[12:], change)
	return m
}

// addressRequest is a struct ifaddrmsg with the attributes of an IPv4 address.
func addressRequest(index int32, address netip.Prefix) []byte {
	m := make([]byte, unix.SizeofIfAddrmsg)
	m[0], m[1] = unix.AF_INET, byte(address.Bits())
	order.PutUint32(m[4:], uint32(index))
	ip := address.Addr().As4()
	m = append(m, netlink.Attribute(unix.IFA_LOCAL, ip[:])...)
	return append(m, netlink.Attribute(unix.IFA_ADDRESS, ip[:])...)
}

// find returns the index of a device.
func find(c *netlink.Conn, name string) (int32, error) {
	answers, err := c.Do(unix.RTM_GETLINK, 0, append(device(0, 0, 0), netlink.Text(unix.IFLA_IFNAME, name)...))
	if err != nil {
		return 0, err
	}
	if len(answers) == 0 || len(answers[0].Body) < unix.SizeofIfInfomsg {
		return 0, unix.ENODEV
	}
	return int32(order.Uint32(answers[0].Body[4:])), nil
}
