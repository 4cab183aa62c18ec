package doorserver

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/ownfd"
)

// A hub waits on all sockets of a process's doors that nobody else waits on, in one goroutine and with one thread. It
// ends with the last socket.
//
// In a forked child the hub is the parent's: its epoll instance is at its end, so wait drops the child's copies of the
// sockets and ends. What the child itself serves is on a hub of its own.
type hub struct {
	pid   int
	epoll int
	wake  *link // an eventfd that is written to when the last socket is gone

	mu    sync.Mutex
	links map[uint64]*link
	doors map[uint64]*Door
	last  uint64 // token that was given last
	ended bool

	closed chan struct{} // closed when wait has ended
}

// A link is a socket of a hub. When something is there to read, or the peer is gone, the hub calls ready, once; whoever
// was called owns the link until arm or drop.
type link struct {
	hub    *hub
	token  uint64
	fd     int
	events uint32
	ready  func(*link)
	idle   bool // the hub waits on it; hub.mu
	gone   bool // hub.mu
}

var current struct {
	mu  sync.Mutex
	hub *hub
}

// enter puts a door into the hub of this process; one is made if there is none.
func enter(d *Door) (*hub, error) {
	current.mu.Lock()
	defer current.mu.Unlock()
	if h := current.hub; h != nil && h.admit(d) {
		return h, nil
	}
	h := &hub{pid: os.Getpid(), links: map[uint64]*link{}, doors: map[uint64]*Door{d.ID: d}, closed: make(chan struct{})}
	var err error
	if h.epoll, err = ownfd.Keep(func() (int, error) { return unix.EpollCreate1(unix.EPOLL_CLOEXEC) }); err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	event := func() (int, error) { return unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK) }
	if h.wake, err = h.add(event, unix.EPOLLIN|unix.EPOLLET, nil); err != nil {
		ownfd.Drop(h.epoll)
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	current.hub = h
	go h.wait()
	return h, nil
}

// admit takes a door in, if the hub works in this process and has not ended.
func (h *hub) admit(d *Door) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || h.pid != os.Getpid() {
		return false
	}
	h.doors[d.ID] = d
	return true
}

// leave takes a door out, and reports whether it was the last.
func (h *hub) leave(d *Door) (last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.doors, d.ID)
	h.mayEnd()
	return len(h.doors) == 0
}

// mayEnd wakes the goroutine if it has nothing left to wait for. The caller holds mu.
func (h *hub) mayEnd() {
	if len(h.links) == 1 && len(h.doors) == 0 && !h.ended {
		unix.Write(h.wake.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
}

// linksMost bounds the sockets of a process's doors, so that clients cannot use up all of its descriptors.
var linksMost = 4096

// full reports whether there may be no more sockets of clients.
func (h *hub) full() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.links) >= linksMost
}

// waitOnce is what the hub waits for on most sockets: one event.
const waitOnce = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLONESHOT

// add opens a socket, which must not block, and waits on it.
func (h *hub) add(open func() (int, error), events uint32, ready func(*link)) (*link, error) {
	fd, err := ownfd.Keep(open)
	if err != nil {
		return nil, err
	}
	l := &link{hub: h, fd: fd, events: events, ready: ready, idle: true}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	l.token = h.last
	err = unix.EBADF
	if !h.ended {
		err = unix.EpollCtl(h.epoll, unix.EPOLL_CTL_ADD, fd, l.event())
	}
	if err != nil {
		ownfd.Abandon(fd) // in a forked child, what was about to be added is the parent's
		return nil, fmt.Errorf("epoll_ctl: %w", err)
	}
	h.links[l.token] = l
	return l, nil
}

// event says what the hub waits for. The token tells a link from an earlier one of the same number.
func (l *link) event() *unix.EpollEvent {
	return &unix.EpollEvent{Events: l.events, Fd: int32(l.token), Pad: int32(l.token >> 32)}
}

// arm gives the link back to the hub.
func (l *link) arm() {
	h := l.hub
	h.mu.Lock()
	l.idle = true
	failed := h.ended || unix.EpollCtl(h.epoll, unix.EPOLL_CTL_MOD, l.fd, l.event()) != nil
	h.mu.Unlock()
	if failed {
		l.drop()
	}
}

// shutdown ends one direction of the socket, or both, so that who owns the link finds the end and drops it.
func (l *link) shutdown(how int) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if !l.gone {
		unix.Shutdown(l.fd, how)
	}
}

// drop closes the socket. It is for the owner.
func (l *link) drop() {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.gone {
		return
	}
	l.gone = true
	delete(h.links, l.token)
	if !h.ended {
		unix.EpollCtl(h.epoll, unix.EPOLL_CTL_DEL, l.fd, nil)
	}
	ownfd.Drop(l.fd)
	h.mayEnd()
}

// wait calls ready for links on which something happens, until none is left or the epoll instance is at its end.
func (h *hub) wait() {
	events := make([]unix.EpollEvent, 64)
	for !h.over() {
		n, err := unix.EpollWait(h.epoll, events, -1)
		if err == unix.EINTR {
			continue
		}
		if err != nil || os.Getpid() != h.pid {
			break
		}
		for _, e := range events[:n] {
			if l := h.take(uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32); l != nil {
				l.ready(l)
			}
		}
	}
	h.close()
}

// over reports whether there is nothing left to wait for, and lets nothing be added then.
func (h *hub) over() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.links) == 1 && len(h.doors) == 0 {
		h.ended = true
	}
	return h.ended
}

// take makes the caller the owner of a link that the hub waited on; nil if it is gone.
func (h *hub) take(token uint64) *link {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.links[token]
	if l == nil || !l.idle || l == h.wake {
		return nil
	}
	l.idle = false
	return l
}

// close drops everything that has no other owner.
func (h *hub) close() {
	h.mu.Lock()
	h.ended = true
	var idle []*link
	for _, l := range h.links {
		if l.idle {
			l.idle = false
			idle = append(idle, l)
		}
	}
	h.mu.Unlock()
	for _, l := range idle {
		l.drop()
	}
	ownfd.Drop(h.epoll)
	close(h.closed)
}
