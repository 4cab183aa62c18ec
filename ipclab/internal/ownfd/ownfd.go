// Package ownfd keeps descriptors that a mechanism of ipclab has for itself: sockets behind the scenes, which are
// neither the user's nor any child's.
//
// They have high numbers, so that a cell's first pipe is numbered as in any other program; they are closed in programs
// that are executed; and in a child made by fork each is a socket at its end of file from the first moment, so that a
// goroutine of the child which was waiting on it goes on and cannot take what is meant for the parent.
//
// The hazard: a number may be another's as soon as it was dropped. Whoever may still be in a call on it is made to
// return first, by shutdown(2), and does the dropping.
package ownfd

import (
	"fmt"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

// lowest is the lowest number used.
const lowest = 256

// Keep opens a descriptor and keeps it. open must not block: nobody forks meanwhile. What it opens has to be
// close-on-exec.
func Keep(open func() (int, error)) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := open()
	if err != nil {
		return -1, err
	}
	return keep(fd)
}

// KeepPair is Keep for two that are opened at once; the second stays as it is.
func KeepPair(open func() ([2]int, error)) (kept, other int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := open()
	if err != nil {
		return -1, -1, err
	}
	kept, err = keep(pair[0])
	if err != nil {
		unix.Close(pair[1])
		return -1, -1, err
	}
	return kept, pair[1], nil
}

// keep moves fd to a high number and has it replaced in children.
func keep(fd int) (int, error) {
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, lowest)
	unix.Close(fd)
	if err != nil {
		return -1, fmt.Errorf("fcntl F_DUPFD_CLOEXEC: %w", err)
	}
	end, err := ended.get()
	if err != nil {
		unix.Close(high)
		return -1, err
	}
	fork.ReplaceInChild(high, end)
	return high, nil
}

// Drop closes a descriptor that was kept. The other end of a socket reads end of file, whatever else has it open.
func Drop(fd int) {
	unix.Shutdown(fd, unix.SHUT_RDWR)
	Abandon(fd)
}

// Abandon is Drop for what may be another process's too, which still uses it.
func Abandon(fd int) {
	syscall.ForkLock.RLock() // a fork may be about to put ended in the place of this
	defer syscall.ForkLock.RUnlock()
	fork.ReplaceInChild(fd, -1)
	unix.Close(fd)
	ended.put()
}

// ended is a socket whose other end is closed.
var ended end

type end struct {
	mu   sync.Mutex
	fd   int
	uses int // descriptors that become it in a child
}

// get returns the socket, for one more descriptor. A process that was rolled back has lost it and makes another.
func (e *end) get() (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var st unix.Stat_t
	if e.uses > 0 && unix.Fstat(e.fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFSOCK {
		e.uses++
		return e.fd, nil
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("socketpair: %w", err)
	}
	unix.Close(pair[1])
	high, err := unix.FcntlInt(uintptr(pair[0]), unix.F_DUPFD_CLOEXEC, lowest)
	unix.Close(pair[0])
	if err != nil {
		return -1, fmt.Errorf("fcntl F_DUPFD_CLOEXEC: %w", err)
	}
	e.fd = high // one that was lost keeps its number: earlier uses name it
	e.uses++
	return high, nil
}

// put takes back what get gave. The socket is closed with the last use.
func (e *end) put() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.uses--; e.uses == 0 {
		unix.Close(e.fd)
	}
}
