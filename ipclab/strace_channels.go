package ipclab

import (
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/internal/sockdiag"
)

// channels finds out by what name data written to a descriptor can be recognized where it is read. It asks for a socket's other
// end once, since that takes long; it is for one goroutine.
type channels struct {
	sockets map[uint64][2]string // by inode: what is written, what is read
	asked   map[uint64]int       // how often the kernel had nothing to say about one
}

// of names what is written by way of a descriptor, and what is read: a pipe or FIFO has one name for both ends; of a connection,
// what one end writes, the other reads.
func (c *channels) of(pid, fd int) (written, read string) {
	d, err := proc.Lookup(pid, fd)
	if err != nil {
		return "", ""
	}
	switch d.Type() {
	case unix.S_IFIFO:
		name := fmt.Sprintf("pipe %d", d.File.Inode)
		return name, name
	case unix.S_IFSOCK:
		return c.socket(d.File.Inode)
	}
	if d.Info.Event != 0 {
		name := fmt.Sprintf("eventfd %d", d.Info.Event)
		return name, name
	}
	return "", ""
}

// socket names the two ways of a connection. A socket that is not connected has none, but may be later; a few times it is asked.
func (c *channels) socket(inode uint64) (written, read string) {
	const most = 5
	names, ok := c.sockets[inode]
	if ok || c.asked[inode] > most {
		return names[0], names[1]
	}
	if c.sockets == nil {
		c.sockets, c.asked = map[uint64][2]string{}, map[uint64]int{}
	}
	written, read = connection(inode)
	if written == "" {
		c.asked[inode]++
		return "", ""
	}
	c.sockets[inode] = [2]string{written, read}
	return written, read
}

// connection asks the kernel for the other end of a socket.
func connection(inode uint64) (written, read string) {
	local, _ := sockdiag.ListUnix()
	for _, s := range local {
		if s.Inode == inode && s.Peer != 0 {
			return fmt.Sprintf("socket %d", s.Peer), fmt.Sprintf("socket %d", inode)
		}
	}
	over, _ := sockdiag.ListTCP()
	for _, s := range over {
		if s.Inode == inode && s.Peer.Port() != 0 {
			return fmt.Sprintf("TCP to %v from %v", s.Peer, s.Local), fmt.Sprintf("TCP to %v from %v", s.Local, s.Peer)
		}
	}
	return "", ""
}
