package server

import "sync"

// An interruption connects interrupts, which come at any time, with the
// request that they are meant for. A cell is not in the supervisor's hands from
// the first moment of its request, and an interrupt must not be lost before.
type interruption struct {
	mu     sync.Mutex
	inside bool // a request is being carried out
	asked  bool // and was interrupted
}

func (i *interruption) begin() { i.set(true) }
func (i *interruption) end()   { i.set(false) }

func (i *interruption) set(inside bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.inside, i.asked = inside, false
}

// ask notes an interrupt of the request that is being carried out, if any.
func (i *interruption) ask() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = i.inside
}

// isAsked reports whether the request was interrupted.
func (i *interruption) isAsked() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}
