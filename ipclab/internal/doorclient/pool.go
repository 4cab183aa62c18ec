package doorclient

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/ownfd"
)

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

	closes uint64 // how often Forget was called
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

// take returns a connection for the key, nil if there is none, and how many descriptors have been closed so far.
func take(k key) (c *connection, closes uint64) {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	own()
	list := pool.idle[k]
	if len(list) == 0 {
		return nil, pool.closes
	}
	c = list[len(list)-1]
	pool.idle[k] = list[:len(list)-1]
	return c, pool.closes
}

// closesSoFar is how many descriptors have been closed.
func closesSoFar() uint64 {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	return pool.closes
}

// put keeps a connection for the next call with a descriptor, unless that has been closed since so many were.
func put(fd int, k key, c *connection, closes uint64) {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	own()
	closed := closes != pool.closes && !k.isOf(fd)
	if !closed && len(pool.idle[k]) < idleMost {
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
	pool.closes++
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

// isOf reports whether the key is of a descriptor, as it is now.
func (k key) isOf(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && k.device == st.Dev && k.ino == st.Ino
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
