package doorserver

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
)

// A reference is the server's end of a door descriptor, or of several that were made from one.
type reference struct {
	door    *Door
	link    *link
	counted bool // it is not the creator's
	conns   map[*conn]struct{}
	over    bool // door.mu, as for conns
}

// refer makes a new reference and returns the other end.
func (d *Door) refer(counted bool) (*reference, int, error) {
	var other int
	r, err := d.adopt(func() (int, error) {
		server, client, err := pair(d.name())
		other = client
		return server, err
	}, counted)
	return r, other, err
}

// pair makes two connected sockets, of which the first has an abstract name: socketpair(2) gives none. Nobody else can
// connect to it, as it listens for a moment only, and who is accepted is compared.
func pair(name string) (server, client int, err error) {
	const kind = unix.SOCK_SEQPACKET | unix.SOCK_CLOEXEC
	client = -1
	listener, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, -1, fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(listener)
	defer func() {
		if err != nil && client >= 0 {
			unix.Close(client)
		}
	}()
	address := &unix.SockaddrUnix{Name: "@" + name}
	if err = unix.Bind(listener, address); err == nil {
		err = unix.Listen(listener, 1)
	}
	if err == nil {
		client, err = unix.Socket(unix.AF_UNIX, kind, 0)
	}
	if err == nil {
		err = unix.Connect(client, address)
	}
	if err == nil {
		server, _, err = unix.Accept4(listener, unix.SOCK_CLOEXEC)
	}
	if err != nil {
		return -1, -1, fmt.Errorf("make a door's descriptor: %w", err)
	}
	if c, err := unix.GetsockoptUcred(server, unix.SOL_SOCKET, unix.SO_PEERCRED); err != nil || int(c.Pid) != unix.Getpid() {
		unix.Close(server)
		return -1, client, fmt.Errorf("make a door's descriptor: another process was first: %w", unix.EAGAIN)
	}
	return server, client, nil
}

// adopt waits for what comes over the server's end of a descriptor.
func (d *Door) adopt(open func() (int, error), counted bool) (*reference, error) {
	r := &reference{door: d, counted: counted, conns: map[*conn]struct{}{}}
	d.mu.Lock() // nothing that comes is looked at before the reference is known
	defer d.mu.Unlock()
	l, err := d.hub.add(open, waitOnce, func(l *link) { r.receive(l) })
	if err != nil {
		return nil, err
	}
	r.link = l
	d.references[r] = struct{}{}
	if d.revoked {
		l.shutdown(unix.SHUT_RDWR)
	}
	return r, nil
}

// receive takes what is there: the server's end of a new connection, or the end.
func (r *reference) receive(l *link) {
	m, err := doorwire.Receive(l.fd, unix.MSG_DONTWAIT)
	switch {
	case err == unix.EAGAIN, err == unix.EINTR, err == unix.EMFILE:
	case err != nil:
		r.door.dereference(r)
		l.drop()
		return
	default:
		r.connect(m)
	}
	l.arm()
}

// connect begins to wait for calls on a new connection. What is no connection is closed.
func (r *reference) connect(m *doorwire.Message) {
	defer m.Close()
	if m.Kind != doorwire.Connect || len(m.Files) != 1 {
		return
	}
	fd := m.Files[0]
	caller, err := callerOf(fd)
	if err != nil {
		return
	}
	c := &conn{from: r, caller: caller}
	if errno := r.add(c, m); errno != 0 {
		doorwire.Send(fd, &doorwire.Message{Kind: doorwire.Reply, Errno: errno}, unix.MSG_DONTWAIT)
		return
	}
	hello := &doorwire.Message{Kind: doorwire.Hello, Data: r.door.info()} // whereupon the client may call
	if doorwire.Send(c.link.fd, hello, unix.MSG_DONTWAIT) != nil {
		c.link.shutdown(unix.SHUT_RDWR)
	}
}

// add waits on the socket that came with a message, as a connection that was made with the reference. The errno says why
// it does not.
func (r *reference) add(c *conn, m *doorwire.Message) unix.Errno {
	d := r.door
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.revoked || r.over {
		return unix.EBADF
	}
	if d.hub.full() {
		return unix.EAGAIN
	}
	open := func() (int, error) {
		fd := m.Files[0]
		m.Files = nil
		return fd, nil
	}
	var err error
	if c.link, err = d.hub.add(open, waitOnce, func(*link) { go c.begin() }); err != nil {
		return unix.EAGAIN
	}
	r.conns[c] = struct{}{}
	return 0
}

// callerOf checks that fd is a packet socket, has the sender of each packet told, and says who made it.
func callerOf(fd int) (Caller, error) {
	domain, err1 := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	kind, err2 := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err1 != nil || err2 != nil || domain != unix.AF_UNIX || kind != unix.SOCK_SEQPACKET {
		return Caller{}, errors.New("no packet socket")
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1); err != nil {
		return Caller{}, err
	}
	c, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return Caller{}, err
	}
	return Caller{PID: int(c.Pid), EUID: int(c.Uid), EGID: int(c.Gid)}, nil
}

// forget is told by a connection that it ends.
func (r *reference) forget(c *conn) {
	r.door.mu.Lock()
	defer r.door.mu.Unlock()
	delete(r.conns, c)
}

// end takes the reference from its holders: their descriptors are at their end, and no new calls come over connections
// that were made with it.
func (r *reference) end() {
	r.link.shutdown(unix.SHUT_RDWR)
	r.door.mu.Lock()
	defer r.door.mu.Unlock()
	r.endConns()
}

// endConns lets no more calls in. Those that are there already are answered. The caller holds door.mu.
func (r *reference) endConns() {
	r.over = true
	for c := range r.conns {
		c.link.shutdown(unix.SHUT_RD)
	}
}

// dereference counts a reference out that nobody holds any more.
func (d *Door) dereference(r *reference) {
	d.mu.Lock()
	delete(d.references, r)
	r.endConns()
	unheld := !d.revoked && len(d.references) == 0 && len(d.listeners) == 0
	d.mu.Unlock()
	switch {
	case unheld:
		d.revoke() // nobody can ever call it again
	case r.counted:
		d.fewer()
	}
}

// The attributes of a door that wants to know when nobody but its creator refers to it any more.
const (
	Unref      = 1 << 0
	UnrefMulti = 1 << 4
)

// fewer has the procedure told if references or paths became fewer and none is left but the creator's.
func (d *Door) fewer() {
	d.mu.Lock()
	defer d.mu.Unlock()
	others := len(d.listeners)
	for r := range d.references {
		if r.counted {
			others++
		}
	}
	again := d.attributes&UnrefMulti != 0
	if others > 0 || d.revoked || !again && (d.noticed || d.attributes&Unref == 0) {
		return
	}
	d.noticed = true
	go d.notify()
}

// notify runs the procedure without a caller.
func (d *Door) notify() {
	d.threads.take()
	d.run(&Call{Door: d, Notice: true, pid: d.hub.pid}, func() {})
}

// Duplicate returns a new descriptor of the door, one that counts: for another process.
func (d *Door) Duplicate() (int, error) {
	_, fd, err := d.refer(true)
	return fd, err
}
