package ipclab

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/internal/ptrace"
)

// channels finds out by what name data written to a descriptor can be recognized where it is read. It is for one goroutine.
//
// To ask the kernel about a socket takes longer than most calls, so the answers are kept until one is bound or connected.
type channels struct {
	sockets map[socketUse]ptrace.Channel
	asked   map[socketUse]int // how often there was not all to know of one
}

// A socketUse is a socket, and the address to which it sends; "" for the one that it is connected to.
type socketUse struct {
	inode uint64
	to    string
}

// forget has sockets asked for again.
func (c *channels) forget() { c.sockets, c.asked = map[socketUse]ptrace.Channel{}, map[socketUse]int{} }

// of names what goes through a descriptor: a pipe or FIFO has one name for both ends; of a connection, what one end writes, the
// other reads; what is sent to an address has the name of the socket that is bound to it.
func (c *channels) of(u ptrace.Use) ptrace.Channel {
	d, err := proc.Lookup(u.Pid, u.FD)
	if err != nil {
		return ptrace.Channel{}
	}
	both := func(name string, messages bool) ptrace.Channel {
		return ptrace.Channel{Written: name, Read: name, Messages: messages}
	}
	switch {
	case d.Type() == unix.S_IFIFO:
		return both(fmt.Sprintf("pipe %d", d.File.Inode), false)
	case d.Type() == unix.S_IFSOCK:
		return c.socket(u, d.File.Inode)
	case d.Type() == unix.S_IFREG && isQueue(u):
		return both("queue "+strings.TrimSuffix(d.Target, " (deleted)"), true)
	case d.Info.Event != 0:
		return both(fmt.Sprintf("eventfd %d", d.Info.Event), false)
	}
	return ptrace.Channel{}
}

// isQueue reports whether a descriptor refers to a POSIX message queue: those are files of a file system of their own.
func isQueue(u ptrace.Use) bool {
	const magic = 0x19800202 // MQUEUE_MAGIC of the kernel's ipc/mqueue.c
	var fs unix.Statfs_t
	return unix.Statfs(fmt.Sprintf("/proc/%d/fd/%d", u.Pid, u.FD), &fs) == nil && fs.Type == magic
}

// socket names the two ways of a socket. What is not known may be known later; a few times it is asked for.
func (c *channels) socket(u ptrace.Use, inode uint64) ptrace.Channel {
	const most = 5
	if c.sockets == nil {
		c.forget()
	}
	use := socketUse{inode, string(u.To)}
	channel, ok := c.sockets[use]
	if ok {
		return channel
	}
	channel, known := askSocket(u, inode)
	if c.asked[use]++; known || c.asked[use] >= most {
		c.sockets[use] = channel
	}
	return channel
}
