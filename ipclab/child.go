package ipclab

import (
	"os"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/interrupts"
)

// A child is a process for which this one has to wait, and its status once that has been collected.
type child struct {
	pid   int
	own   bool // forkOwn made it
	owner int  // the process that did

	mu        sync.Mutex // held while the status is collected: the number stays the child's until then
	collected bool
	status    Status
}

// wait blocks until the child has ended and returns its status; first is false if it had been collected before.
func (c *child) wait() (status Status, first bool, err error) {
	if status, collected := c.done(); collected {
		return status, false, nil
	}
	if !c.mine() {
		return Status{}, false, unix.ECHILD
	}
	// The end is awaited without collecting the status, so that no lock is held while this blocks.
	for again := true; again; interrupts.CheckChild() {
		_, again, err = handlers.Call(func() (int, error) {
			return 0, unix.Waitid(unix.P_PID, c.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		})
	}
	if err == unix.EINTR {
		return Status{}, false, err // a handler without SaRestart ran
	}
	ended, status, collectErr := c.collect()
	if ended {
		return status, true, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.collected {
		return c.status, false, nil
	}
	if err == nil {
		err = collectErr
	}
	if err == nil {
		err = unix.ECHILD
	}
	return Status{}, false, err
}

// collect takes the status of the child if it has ended and nobody collected it yet.
func (c *child) collect() (ended bool, status Status, err error) { return c.take(0) }

// take is collect, and with unix.WUNTRACED takes note of a stop too, with unix.WCONTINUED of going on after one; of each
// once.
func (c *child) take(options int) (changed bool, status Status, err error) {
	if !c.mine() {
		return false, Status{}, unix.ECHILD
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.collected {
		return false, Status{}, unix.ECHILD
	}
	var ws unix.WaitStatus
	var used unix.Rusage
	pid, err := retry(func() (int, error) { return unix.Wait4(c.pid, &ws, unix.WNOHANG|options, &used) })
	if err != nil || pid != c.pid {
		return false, Status{}, err
	}
	if ws.Stopped() || ws.Continued() {
		return true, Status{wait: ws, Usage: usage(&used)}, nil
	}
	c.status = Status{wait: ws, Usage: usage(&used)}
	c.collected = true
	forked.remove(c)
	if c.own {
		bounds.Withdraw()
	}
	return true, c.status, nil
}

// done returns the status if it has been collected.
func (c *child) done() (Status, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.collected
}

// forked holds the children made by Fork and Spawn whose status has not been collected.
var forked family

// A family is a set of children of one process. A forked copy of it belongs to the parent's children, so it is empty
// for any process but the one that filled it.
type family struct {
	mu       sync.Mutex
	parent   int
	children []*child
}

// add puts process pid into the family.
func (f *family) add(pid int) *child {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.own()
	c := &child{pid: pid}
	f.children = append(f.children, c)
	return c
}

// remove takes c out of the family.
func (f *family) remove(c *child) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.own()
	before := len(f.children)
	f.children = slices.DeleteFunc(f.children, func(x *child) bool { return x == c })
	if len(f.children) < before {
		bounds.Withdraw() // what Fork was admitted for is gone
	}
}

// list returns the children, in the order in which they were made.
func (f *family) list() []*child {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.own()
	return slices.Clone(f.children)
}

// find returns the child with number pid, or nil.
func (f *family) find(pid int) *child {
	for _, c := range f.list() {
		if c.pid == pid {
			return c
		}
	}
	return nil
}

// own empties the family if it was another process's. The caller holds mu.
func (f *family) own() {
	if pid := os.Getpid(); f.parent != pid {
		f.parent, f.children = pid, nil
	}
}
