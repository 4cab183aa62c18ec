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

func (h *host) lock(m *sync.Mutex) {
	r := h.interruptible()
	switch {
	case r == nil:
		m.Lock()
	case !m.TryLock():
		h.beside(r, m.Lock, m.Unlock, nothing)
	}
}

func (h *host) writeLock(m *sync.RWMutex) {
	r := h.interruptible()
	switch {
	case r == nil:
		m.Lock()
	case !m.TryLock():
		h.beside(r, m.Lock, m.Unlock, nothing)
	}
}

func (h *host) readLock(m *sync.RWMutex) {
	r := h.interruptible()
	switch {
	case r == nil:
		m.RLock()
	case !m.TryRLock():
		h.beside(r, m.RLock, m.RUnlock, nothing)
	}
}

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
