package eval

import "sync"

// The waits of package sync. What an interrupted one gets in the end, a lock for
// one, is given back.

func nothing() {}

func (h *host) waitGroup(g *sync.WaitGroup) {
	if r := h.interruptible(); r != nil {
		h.beside(r, g.Wait, nothing, nothing)
		return
	}
	g.Wait()
}

// A locker is a lock that can be tried.
type locker interface {
	sync.Locker
	TryLock() bool
}

func (h *host) lock(m *sync.Mutex)        { h.acquire(m) }
func (h *host) writeLock(m *sync.RWMutex) { h.acquire(m) }
func (h *host) readLock(m *sync.RWMutex)  { h.acquire((*readLock)(m)) }

func (h *host) acquire(m locker) {
	r := h.interruptible()
	switch {
	case r == nil:
		m.Lock()
	case !m.TryLock():
		h.beside(r, m.Lock, m.Unlock, nothing)
	}
}

// A readLock is an RWMutex as readers lock it.
type readLock sync.RWMutex

func (r *readLock) Lock()         { (*sync.RWMutex)(r).RLock() }
func (r *readLock) Unlock()       { (*sync.RWMutex)(r).RUnlock() }
func (r *readLock) TryLock() bool { return (*sync.RWMutex)(r).TryRLock() }

// waitCond is c.Wait. The cell's deferred calls expect c.L locked, and a signal
// that comes too late is for the next who waits.
func (h *host) waitCond(c *sync.Cond) {
	r := h.interruptible()
	if r == nil {
		c.Wait()
		return
	}
	pass := func() {
		c.Signal()
		c.L.Unlock()
	}
	h.beside(r, c.Wait, pass, func() { c.L.Lock() })
}
