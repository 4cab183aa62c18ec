package ipclab

import (
	"os"
	"sync"
	"sync/atomic"

	"ipclab/runtime/fork"
)

// A forked process has all goroutines of its parent. In one that is made for a single purpose, to measure or to watch, those
// that are in an experiment of their own must not go on: they would begin it anew there, wait for children that are not
// theirs, and kill them when that fails. They stop at the next of these steps, and one that was just about to fork stops there.

// lone says for whom a process is being made that has a single purpose.
var lone struct {
	mu     sync.Mutex // for both to change together
	forks  int
	parent atomic.Int64 // that forks it now; 0 if nobody does; in the process made, still the parent
}

// forkLone is forkOwn for a process with a single purpose.
func forkLone() (*child, error) {
	copies := fork.Copies()
	stayIfLone()
	lone.mu.Lock()
	lone.forks++
	lone.parent.Store(int64(os.Getpid()))
	lone.mu.Unlock()
	c, err := forkAdmitted(copies)
	if c == nil && err == nil {
		return nil, nil
	}
	lone.mu.Lock()
	defer lone.mu.Unlock()
	if lone.forks--; lone.forks == 0 {
		lone.parent.Store(0)
	}
	return c, err
}

// notLone says in a process that was just made that it goes on with all that its parent does.
func notLone() {
	lone.mu.Lock()
	defer lone.mu.Unlock()
	lone.forks = 0
	lone.parent.Store(0)
}

// stayIfLone ends the calling goroutine's part in a process with a single purpose that is not its own.
func stayIfLone() {
	if parent := lone.parent.Load(); parent != 0 && parent != int64(os.Getpid()) && fork.InChild() {
		select {}
	}
}

// mine reports whether this process made the child.
func (c *child) mine() bool {
	if c.owner == 0 || c.owner == os.Getpid() {
		return true
	}
	stayIfLone()
	return false
}
