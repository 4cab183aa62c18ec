// Package doorclient is the calling side of doors: it sends a call and waits for the answer.
//
// It does not know what a door descriptor is beyond its being a socket by which to reach the server: see doorserver.
// For each call that is going on at a time it makes a connection, a pair of sockets of which the server gets one, and
// keeps it for later calls through the same descriptor.
//
// The hazard: connections are this process's own. A forked child must not use its parent's, and makes its own.
package doorclient

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
	"ipclab/ipclab/internal/ownfd"
	"ipclab/ipclab/interrupts"
)

// Errors of a call.
var (
	ErrNoDoor = errors.New("not a door descriptor")
	ErrDead   = errors.New("the door was revoked, or its server has ended")
	ErrEnded  = errors.New("the server ended before it answered")
)

// An Info is what a server tells of its door.
type Info struct {
	PID                                         int
	Attributes                                  uint32
	ID, DataLeast, DataMost, FilesMost, Threads uint64
}

// key says for which calls a connection can be used: the server knows by it who calls.
type key struct {
	device, ino uint64 // of the descriptor's socket
	euid, egid  int
}

type connection struct {
	fd   int
	info Info
}

const idleMost = 8 // connections kept for a descriptor

// pool holds connections that no call uses.
var pool struct {
	mu   sync.Mutex
	pid  int
	idle map[key][]*connection
}

// own empties the pool if it was another process's. The caller holds mu.
func own() {
	if pid := os.Getpid(); pool.pid != pid {
		for k := range pool.idle {
			drop(k)
		}
		pool.pid, pool.idle = pid, map[key][]*connection{}
	}
}

// drop closes the connections for a key. The caller holds mu.
func drop(k key) {
	for _, c := range pool.idle[k] {
		ownfd.Drop(c.fd)
	}
	delete(pool.idle, k)
}

// take returns a connection for the key, nil if there is none.
func take(k key) *connection {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	own()
	list := pool.idle[k]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	pool.idle[k] = list[:len(list)-1]
	return c
}

// put keeps a connection for the next call.
func put(k key, c *connection) {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	own()
	if len(pool.idle[k]) < idleMost {
		pool.idle[k] = append(pool.idle[k], c)
	} else {
		ownfd.Drop(c.fd)
	}
}

// sweep drops connections that their servers have ended.
func sweep() {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	own()
	for k, list := range pool.idle {
		kept := list[:0]
		for _, c := range list {
			if Ended(c.fd) {
				ownfd.Drop(c.fd)
			} else {
				kept = append(kept, c)
			}
		}
		if pool.idle[k] = kept; len(kept) == 0 {
			delete(pool.idle, k)
		}
	}
}

// Forget drops the connections of a descriptor that is about to be closed.
func Forget(fd int) {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if len(pool.idle) == 0 {
		return
	}
	own()
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return
	}
	for k := range pool.idle {
		if k.device == st.Dev && k.ino == st.Ino {
			drop(k)
		}
	}
}

// Ended reports whether the other end of a socket is closed.
func Ended(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0
}

// keyOf looks at a descriptor.
func keyOf(fd int) (key, error) {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return key{}, ErrNoDoor
	}
	return key{st.Dev, st.Ino, unix.Geteuid(), unix.Getegid()}, nil
}

// connect makes a connection to the server of a door.
func connect(fd int, deadline time.Time) (*connection, error) {
	if _, ok := doorwire.Identify(fd); !ok {
		return nil, ErrNoDoor
	}
	if Ended(fd) {
		return nil, ErrDead
	}
	sweep()
	pid := os.Getpid()
	mine, theirs, err := ownfd.KeepPair(func() ([2]int, error) {
		return unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	})
	if err != nil {
		return nil, err
	}
	c := &connection{fd: mine}
	kept := false
	defer func() {
		if !kept {
			ownfd.Drop(mine)
		}
	}()
	err = unix.EPIPE
	if os.Getpid() == pid { // else this is a child's copy, and the connection is the parent's
		err = send(fd, &doorwire.Message{Kind: doorwire.Connect, Files: []int{theirs}}, deadline)
	}
	unix.Close(theirs)
	var m *doorwire.Message
	if err == nil {
		m, err = receive(mine, deadline)
	}
	switch {
	case doorwire.Gone(err):
		return nil, ErrDead
	case err != nil:
		return nil, err
	}
	m.Close()
	if m.Kind != doorwire.Hello || !c.info.read(m.Data) {
		return nil, ErrNoDoor
	}
	kept = true
	return c, nil
}

// read takes an Info apart; false if it is none.
func (i *Info) read(b []byte) bool {
	const size = 4 + 4 + 5*8
	if len(b) != size {
		return false
	}
	i.PID, i.Attributes = int(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint32(b[4:])
	for n, v := range []*uint64{&i.ID, &i.DataLeast, &i.DataMost, &i.FilesMost, &i.Threads} {
		*v = binary.LittleEndian.Uint64(b[8+8*n:])
	}
	return true
}

// Ask returns what the server tells of the door now.
func Ask(fd int, deadline time.Time) (Info, error) {
	k, err := keyOf(fd)
	if err != nil {
		return Info{}, err
	}
	c, err := connect(fd, deadline)
	if err != nil {
		return Info{}, err
	}
	put(k, c)
	return c.info, nil
}

// Call calls the door and returns the answer; its Errno is what the server found wrong with the call. Data of the answer
// that came in a file have to be loaded. A zero deadline is none; after it the error is ETIMEDOUT.
func Call(fd int, data []byte, files []int, deadline time.Time) (*doorwire.Message, error) {
	k, err := keyOf(fd)
	if err != nil {
		return nil, err
	}
	m := &doorwire.Message{Kind: doorwire.Call, Data: data, Files: files}
	for {
		c := take(k)
		fresh := c == nil
		if fresh {
			if c, err = connect(fd, deadline); err != nil {
				return nil, err
			}
		}
		answer, sent, err := c.call(k, m, deadline)
		switch {
		case err == nil:
			return answer, nil
		case !doorwire.Gone(err):
			return nil, err
		case sent:
			return nil, ErrEnded
		case fresh:
			return nil, ErrDead
		}
	}
}

// call makes a call on a connection, which is kept if it was answered and else dropped, also if the wait is ended by a
// panic.
func (c *connection) call(k key, m *doorwire.Message, deadline time.Time) (answer *doorwire.Message, sent bool, err error) {
	defer func() {
		if answer != nil {
			put(k, c)
		} else {
			ownfd.Drop(c.fd)
		}
	}()
	if err := send(c.fd, m, deadline); err != nil {
		return nil, false, err
	}
	answer, err = receive(c.fd, deadline)
	if err == nil && answer.Kind != doorwire.Reply {
		answer.Close()
		answer, err = nil, doorwire.ErrMalformed
	}
	return answer, true, err
}

// send sends a message, for as long as the socket is full and signals interrupt.
func send(fd int, m *doorwire.Message, deadline time.Time) error {
	for {
		err := doorwire.Send(fd, m, unix.MSG_DONTWAIT)
		switch err {
		case unix.EAGAIN:
			if err := await(fd, unix.POLLOUT, deadline); err != nil {
				return err
			}
		case unix.EINTR:
			interrupts.Check()
		default:
			return err
		}
	}
}

// receive waits for a message.
func receive(fd int, deadline time.Time) (*doorwire.Message, error) {
	flags := 0
	if !deadline.IsZero() {
		flags = unix.MSG_DONTWAIT
	}
	for {
		m, err := doorwire.Receive(fd, flags)
		switch err {
		case unix.EAGAIN:
			if err := await(fd, unix.POLLIN, deadline); err != nil {
				return nil, err
			}
		case unix.EINTR:
			interrupts.Check()
		default:
			return m, err
		}
	}
}

// await waits until the socket is ready; the error is ETIMEDOUT if it is not by the deadline.
func await(fd int, events int16, deadline time.Time) error {
	for {
		timeout := -1
		if !deadline.IsZero() {
			left := time.Until(deadline)
			if left <= 0 {
				return unix.ETIMEDOUT
			}
			timeout = int((left + time.Millisecond - 1) / time.Millisecond)
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, timeout)
		switch {
		case err == unix.EINTR:
			interrupts.Check()
		case err != nil:
			return err
		case n > 0:
			return nil
		}
	}
}
