package doorserver

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// A listener is a path at which a door is attached.
type listener struct {
	door *Door
	link *link
	file file
}

// listen waits on a socket for processes that open the file.
func (d *Door) listen(f file, fd int) error {
	l := &listener{door: d, file: f}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.revoked {
		unix.Close(fd)
		return because(unix.EBADF, "the door has been revoked")
	}
	var err error
	if l.link, err = d.hub.add(func() (int, error) { return fd, nil }, waitOnce, l.accept); err != nil {
		return err
	}
	d.listeners[l] = struct{}{}
	return nil
}

// unlisten ends a listener, whose name is gone, and counts it out. Those who have opened the door by it, and were not
// looked at yet, have it open.
func (d *Door) unlisten(l *listener) {
	for l.acceptOne() == nil {
	}
	d.mu.Lock()
	delete(d.listeners, l)
	d.mu.Unlock()
	l.link.shutdown(unix.SHUT_RDWR)
	d.fewer()
}

// acceptPause is for how long no more clients are accepted when there are no descriptors for them.
const acceptPause = 50 * time.Millisecond

// accept takes a client on. The listener may be ending.
func (l *listener) accept(link *link) {
	err := l.acceptOne()
	switch {
	case l.over(): // a listening socket that does not block never says so itself
		link.drop()
	case err == nil, errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR), errors.Is(err, unix.ECONNABORTED):
		link.arm()
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EBADF), errors.Is(err, unix.ENOTSOCK): // in a child
		link.drop()
	default: // no descriptors, too many clients, or no memory
		time.AfterFunc(acceptPause, link.arm)
	}
}

func (l *listener) acceptOne() error {
	_, err := l.door.adopt(func() (int, error) { // with door.mu held
		if _, there := l.door.listeners[l]; !there {
			return -1, unix.EINVAL
		}
		if l.door.hub.full() {
			return -1, unix.EMFILE
		}
		fd, _, err := unix.Accept4(l.link.fd, unix.SOCK_CLOEXEC)
		return fd, err
	}, true)
	return err
}

// over reports whether the listener was ended.
func (l *listener) over() bool {
	l.door.mu.Lock()
	defer l.door.mu.Unlock()
	_, there := l.door.listeners[l]
	return !there
}
