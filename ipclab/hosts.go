package ipclab

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/netns"
)

// A Host is one of two hosts of a network of their own: a network namespace, with an address, ports and connections apart
// from those of this machine and of the other host.
type Host struct {
	Address string // IPv4, "10.77.0.1" for the first and "10.77.0.2" for the second
	ns      int    // descriptor of the namespace; -1 once it is closed
}

// A Link is the network between two hosts. The zero Link is as fast as the machine.
type Link struct {
	Delay  time.Duration // of each packet, one way; a round trip takes twice as long
	Jitter time.Duration // by which the delay varies, up and down; packets may overtake each other
	Loss   float64       // per cent of packets that are lost, in each direction
}

// delayMost is the longest delay and jitter of a link.
const delayMost = time.Minute

// hostAddresses are those of the two hosts, with their network.
var hostAddresses = []string{"10.77.0.1/24", "10.77.0.2/24"}

// TwoHosts makes two hosts with a network between them, as two network namespaces joined by a pair of virtual devices. Spawn
// runs processes on them. A Link may be given: delay and loss are made by netem, the kernel's network emulator, in both
// directions.
//
//	a, b, err := ipclab.TwoHosts(ipclab.Link{Delay: 20 * time.Millisecond})
//	server, err := b.Spawn(func() { … s.Bind(b.Address + ":80") … })
//	client, err := a.Spawn(func() { … c.Connect(b.Address + ":80") … })
//
// The namespaces have no names, and are kept by descriptors of this process and by the processes on the hosts. When those are
// gone, by Close or because they were killed, the kernel removes the hosts: nothing can be left.
//
// Errors: EPERM without the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN, which root has, unless in a container; EOPNOTSUPP
// if the kernel lacks netem, though a link without delay and loss is possible, or virtual devices, with what is lacking and
// what was tried; EINVAL for links out of range (delay and jitter 0 to 1 min, jitter not above the delay, loss 0 to 100 per
// cent); ENOSPC for too many namespaces; EMFILE. See network_namespaces(7), veth(4) and tc-netem(8).
func TwoHosts(link ...Link) (a, b *Host, err error) {
	var l Link
	if len(link) > 0 {
		l = link[0]
	}
	if err = l.check(len(link)); err == nil {
		a, b, err = twoHosts(l)
	}
	if err != nil {
		return nil, nil, &Error{Call: "TwoHosts", Arg: l.text(), Err: err}
	}
	return a, b, nil
}

// check returns an error for a link that cannot be.
func (l Link) check(given int) error {
	switch {
	case given > 1:
		return because(unix.EINVAL, "links given: %d", given)
	case l.Delay < 0 || l.Delay > delayMost:
		return because(unix.EINVAL, "delay %v: want 0 to %v", l.Delay, delayMost)
	case l.Jitter < 0 || l.Jitter > l.Delay:
		return because(unix.EINVAL, "jitter %v: want 0 to the delay, %v", l.Jitter, l.Delay)
	case !(l.Loss >= 0 && l.Loss <= 100):
		return because(unix.EINVAL, "loss %v: want 0 to 100 per cent", l.Loss)
	}
	return nil
}

// text says what a link is like.
func (l Link) text() string {
	if l == (Link{}) {
		return "link without delay and loss"
	}
	return fmt.Sprintf("link with delay %v, jitter %v, loss %v %%", l.Delay, l.Jitter, l.Loss)
}

// twoHosts makes the hosts, or nothing.
func twoHosts(l Link) (a, b *Host, err error) {
	var hosts []*Host
	defer func() {
		if err != nil {
			for _, h := range hosts {
				h.Close()
			}
		}
	}()
	for _, address := range hostAddresses {
		ns, err := netns.New()
		if err != nil {
			return nil, nil, namespaceReason(err)
		}
		name, _, _ := strings.Cut(address, "/")
		hosts = append(hosts, &Host{Address: name, ns: ns})
	}
	if err := netns.Connect(hosts[0].ns, hosts[1].ns); err != nil {
		return nil, nil, namespaceReason(err)
	}
	impairment := netns.Impairment{Delay: l.Delay, Jitter: l.Jitter, Loss: l.Loss / 100}
	for i, h := range hosts {
		err := netns.Up(h.ns, netip.MustParsePrefix(hostAddresses[i]))
		if err == nil {
			err = netns.Impair(h.ns, impairment)
		}
		if err != nil {
			return nil, nil, namespaceReason(err)
		}
	}
	return hosts[0], hosts[1], nil
}

// namespaceReason says what to do about an error of package netns.
func namespaceReason(err error) error {
	switch {
	case errors.Is(err, netns.ErrNoNetem):
		return because(unix.EOPNOTSUPP, "%v; a link without delay and loss is possible here", err)
	case errors.Is(err, unix.EPERM):
		return because(unix.EPERM, "%v: it needs CAP_SYS_ADMIN and CAP_NET_ADMIN: run Jupyter as root or in a user namespace of its own "+
			"(unshare --map-root-user jupyter lab), or give them to its container (docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN)", err)
	case errors.Is(err, unix.ENOSPC):
		return because(unix.ENOSPC, "%v: too many namespaces (/proc/sys/user/max_net_namespaces)", err)
	case errors.Is(err, unix.EMFILE):
		return descriptorsReason(unix.EMFILE)
	}
	return err
}

// Spawn is Spawn for a process on the host: what it and the processes that it starts bind, listen and connect to is the
// host's. A socket that was made before stays where it was made; files, pipes and UNIX domain sockets with paths are common
// to all. Errors: EBADF for a host that was closed, and those of Spawn.
func (h *Host) Spawn(f func()) (*Process, error) {
	if h == nil || h.ns < 0 {
		return nil, &Error{Call: "spawn", Arg: h.String(), Err: because(unix.EBADF, "it is closed")}
	}
	if f == nil {
		return Spawn(nil)
	}
	home, leave, err := netns.Enter(h.ns)
	if err != nil {
		return nil, &Error{Call: "spawn", Arg: h.String(), Err: namespaceReason(err)}
	}
	p, err := Spawn(func() {
		unix.Close(home)
		f()
	})
	if back := leave(); back != nil && err == nil {
		p.Kill()
		p.Wait()
		return nil, &Error{Call: "spawn", Arg: h.String(), Err: back}
	}
	return p, err
}

// Close gives the host back. It goes on to exist for as long as processes run on it. Closing it again does nothing. Errors:
// none that are expected.
func (h *Host) Close() error {
	if h == nil || h.ns < 0 {
		return nil
	}
	ns := h.ns
	h.ns = -1
	if err := unix.Close(ns); err != nil && err != unix.EINTR {
		return &Error{Call: "close", Arg: h.String(), Err: err}
	}
	return nil
}

// String returns "host 10.77.0.1".
func (h *Host) String() string {
	if h == nil {
		return "no host"
	}
	return "host " + h.Address
}
