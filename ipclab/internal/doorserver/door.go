// Package doorserver is the serving side of doors: it waits for calls on sockets and has a procedure answer them.
//
// It is not what a user sees: names, errors and the rest of Solaris's ways are package ipclab's, the packets doorwire's.
//
// A door descriptor, in whatever process, is one end of a connected socket: a reference. The other end is here. Linux
// counts the descriptors that refer to it, in all processes; when the last is closed, here the end is read. Calls do not
// go over it, since many processes may share it: it only carries the ends of connections that clients make for
// themselves, one for each call that they have going on at a time.
//
// Goroutines:
//
//	hub.wait    one a process; waits on all idle sockets in epoll_wait(2); ends with the last of them
//	conn.serve  one for each connection that is in use; waits for a server thread, runs the procedure, lingers; a
//	            procedure that ends its goroutine is followed by another
//	notify      runs the procedure once when the last reference is gone
//
// The hazard: all of them exist in a forked child too. There every socket is at its end, so they end, and a procedure
// that returns in a child ends the child.
package doorserver

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
)

// A Door is a procedure that other processes can call.
type Door struct {
	ID uint64

	hub        *hub
	procedure  func(*Call)
	panicked   func(any)
	served     func(*Conn)
	attributes uint32
	threads    threads

	mu         sync.Mutex
	limits     Limits
	revoked    bool
	own        *reference
	references map[*reference]struct{}
	listeners  map[*listener]struct{}
	noticed    bool
}

// Limits are what a call may bring along.
type Limits struct{ DataLeast, DataMost, FilesMost uint64 }

// Config says what a door does.
type Config struct {
	Procedure  func(*Call)
	Panicked   func(value any) // is told of a panic of Procedure
	Attributes uint32

	// Served, if it is not nil, answers the calls in place of Procedure: it is called for each connection, on a goroutine of
	// its own, when the first call comes.
	Served func(*Conn)
}

// New makes a door and returns the creator's descriptor of it.
func New(c Config) (*Door, int, error) {
	d := &Door{
		procedure: c.Procedure, panicked: c.Panicked, served: c.Served, attributes: c.Attributes,
		threads: threads{limit: ThreadsUsual}, references: map[*reference]struct{}{}, listeners: map[*listener]struct{}{},
		limits: Limits{DataMost: doorwire.DataMost, FilesMost: doorwire.FilesMost},
	}
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, -1, err
	}
	d.ID = binary.LittleEndian.Uint64(id[:])
	h, err := enter(d)
	if err != nil {
		return nil, -1, err
	}
	d.hub = h
	r, fd, err := d.refer(false)
	if err != nil {
		h.leave(d)
		return nil, -1, err
	}
	d.own = r
	return d, fd, nil
}

// Find returns the door with an id, if this process serves it; else nil.
func Find(id uint64) *Door {
	current.mu.Lock()
	h := current.hub
	current.mu.Unlock()
	if h == nil || h.pid != os.Getpid() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.doors[id]
}

// state is the errno for calls that come now.
func (d *Door) state() unix.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.revoked {
		return unix.EBADF
	}
	return 0
}

// Limits returns what a call may bring along.
func (d *Door) Limits() Limits {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.limits
}

// SetLimits changes what a call may bring along.
func (d *Door) SetLimits(l Limits) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limits = l
}

// Threads returns how many calls run the procedure at a time.
func (d *Door) Threads() int { return d.threads.number() }

// SetThreads changes how many calls run the procedure at a time.
func (d *Door) SetThreads(n int) { d.threads.set(n) }

// RefuseFiles is the attribute of a door that takes no descriptors.
const RefuseFiles = 1 << 6

// check is the errno for a call that brings too much or too little.
func (d *Door) check(m *doorwire.Message) unix.Errno {
	l := d.Limits()
	switch size := uint64(m.Size()); {
	case size < l.DataLeast || size > l.DataMost:
		return unix.ENOBUFS
	case len(m.Files) > 0 && d.attributes&RefuseFiles != 0:
		return unix.ENOTSUP
	case uint64(len(m.Files)) > l.FilesMost:
		return unix.ENFILE
	}
	return 0
}

// Revoke ends the door. Calls that run the procedure are answered; those that wait for a thread, and later ones, fail.
// It is gone from the paths where it is attached.
func (d *Door) Revoke() {
	if d.revoke() && d.threads.idle() {
		select { // nothing is left of the last door when this returns, in as far as nobody is in the middle of a call
		case <-d.hub.closed:
		case <-time.After(settle):
		}
	}
}

// settle is how long Revoke waits for the hub to end.
const settle = 50 * time.Millisecond

// revoke is Revoke without the wait; it reports whether the door was the last of its hub.
func (d *Door) revoke() (last bool) {
	d.mu.Lock()
	if d.revoked {
		d.mu.Unlock()
		return false
	}
	d.revoked = true
	listeners, references := maps.Clone(d.listeners), maps.Clone(d.references)
	d.mu.Unlock()
	for l := range listeners {
		l.removeName()
		d.unlisten(l)
	}
	for r := range references {
		r.end()
	}
	return d.hub.leave(d)
}

// info is what a client learns of a door with each new connection.
func (d *Door) info() []byte {
	l := d.Limits()
	b := binary.LittleEndian.AppendUint32(nil, uint32(d.hub.pid))
	b = binary.LittleEndian.AppendUint32(b, d.attributes)
	for _, v := range []uint64{d.ID, l.DataLeast, l.DataMost, l.FilesMost, uint64(d.Threads())} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// name returns what marks the names of a door's sockets: a descriptor whose peer has such a name is a door's.
func (d *Door) name() string { return fmt.Sprintf("%s%016x", doorwire.NameMark, d.ID) }

// Process returns the process that serves the door.
func (d *Door) Process() int { return d.hub.pid }

// Attributes returns what New was given.
func (d *Door) Attributes() uint32 { return d.attributes }
