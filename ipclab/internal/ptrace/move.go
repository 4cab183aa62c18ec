package ptrace

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// A Move is what a call moves from process to process.
type Move struct {
	Written  string // the channel into which the call writes, as Look names it
	Read     string // the channel from which it reads
	Messages bool   // as in Channel
	Length   int64  // in bytes, if the call succeeded
	Tagged   bool   // the message has a tag: those with different tags may overtake each other
	Tag      int64  // its priority, or its type
}

// A move says which arguments of a call are the descriptors, or the identifier, of what it writes into and of what it reads from.
type move struct{ into, from int }

const no = -1

// moves are the calls that move data. What is teed stays where it was read.
var moves = map[string]move{
	"write": {0, no}, "writev": {0, no}, "sendto": {0, no}, "sendmsg": {0, no}, "mq_timedsend": {0, no}, "msgsnd": {0, no},
	"read": {no, 0}, "readv": {no, 0}, "recvfrom": {no, 0}, "recvmsg": {no, 0}, "mq_timedreceive": {no, 0}, "msgrcv": {no, 0},
	"sendfile": {0, 1}, "splice": {2, 0}, "tee": {1, no},
}

// moveAtEntry reads what can be known of a move before the kernel makes the call.
func (t *tracer) moveAtEntry(k *task, c *call) (m Move) {
	what, ok := moves[c.call.Name]
	a := c.call.Args
	switch {
	case !ok, c.call.Name == "recvfrom" && a[3]&unix.MSG_PEEK != 0, c.call.Name == "recvmsg" && a[2]&unix.MSG_PEEK != 0:
		return m
	case c.call.Name == "msgsnd":
		m.Written, m.Messages = systemVQueue(a[0]), true
		m.Tag, m.Tagged = number64(k.pid, a[1])
		return m
	case c.call.Name == "msgrcv":
		m.Read, m.Messages = systemVQueue(a[0]), true
		return m
	case c.call.Name == "mq_timedsend":
		m.Tag, m.Tagged = int64(a[3]), true
	}
	if what.into != no {
		channel := t.look.channel(Use{Pid: k.pid, FD: int(int32(a[what.into])), To: destination(k.pid, c)})
		m.Written, m.Messages = channel.Written, channel.Messages
	}
	if what.from != no {
		channel := t.look.channel(Use{Pid: k.pid, FD: int(int32(a[what.from]))})
		m.Read, m.Messages = channel.Read, m.Messages || channel.Messages
	}
	return m
}

// moveAtExit adds what is known when the call has returned.
func (c *call) moveAtExit(pid int) {
	m, a := &c.event.Move, c.call.Args
	if m.Written == "" && m.Read == "" || c.call.Result < 0 {
		return
	}
	m.Length = c.call.Result
	switch c.call.Name {
	case "mq_timedsend", "msgsnd": // these return 0
		m.Length = int64(a[2])
	case "mq_timedreceive":
		if b := make([]byte, 4); a[3] != 0 && memory(pid, a[3], b) == len(b) {
			m.Tag, m.Tagged = int64(binary.NativeEndian.Uint32(b)), true
		}
	case "msgrcv":
		m.Tag, m.Tagged = number64(pid, a[1])
	}
}

func systemVQueue(id uint64) string { return fmt.Sprintf("System V queue %d", int32(id)) }

// number64 reads a number of a process.
func number64(pid int, address uint64) (int64, bool) {
	b := make([]byte, 8)
	if memory(pid, address, b) < len(b) {
		return 0, false
	}
	return int64(binary.NativeEndian.Uint64(b)), true
}

// destination returns the address to which a call sends, nil if it names none. See sendto(2) and struct msghdr.
func destination(pid int, c *call) []byte {
	address, length := uint64(0), uint64(0)
	switch c.call.Name {
	case "sendto":
		address, length = c.call.Args[4], c.call.Args[5]
	case "sendmsg":
		if b := make([]byte, 12); memory(pid, c.call.Args[1], b) == len(b) {
			address, length = binary.NativeEndian.Uint64(b), uint64(binary.NativeEndian.Uint32(b[8:]))
		}
	}
	b := make([]byte, min(length, unix.SizeofSockaddrUnix))
	if address == 0 || len(b) < 2 || memory(pid, address, b) < len(b) {
		return nil
	}
	return b
}
