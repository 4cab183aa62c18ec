package eval

import (
	"errors"
	"reflect"
	"sync"
)

// hostPath is the package through which lowered code reaches this one. Users
// cannot import it: the type checker does not know it.
const hostPath = "ipclab/host"

// errInterrupted is the value of the panic that ends an interrupted cell.
var errInterrupted = errors.New("interrupted")

// host is the state that lowered code touches.
type host struct {
	// stop is true while an interrupt waits to be noticed. Lowered code reads
	// it at each step, through a pointer: the interpreter takes a compiled
	// variable in a condition for a constant. It cannot be an atomic there; a
	// step that reads the old value does no harm, the next one sees the new.
	stop   bool
	shower reflect.Value // show, as lowered code calls it

	mu   sync.Mutex
	cell *running // nil between cells
}

func newHost() *host {
	h := &host{}
	h.shower = reflect.ValueOf(h.show)
	return h
}

func (h *host) begin(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stop = false
	h.cell = r
}

// end is called by whoever is done with a cell: its goroutine, and Run when it
// waits no longer.
func (h *host) end(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell == r {
		h.stop = false
		h.cell = nil
	}
}

func (h *host) interrupt() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell != nil {
		h.stop = true
	}
}

// running returns the running cell, or nil.
func (h *host) running() *running {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cell
}

// stopCell stops a cell and tells whether it was still running.
func (h *host) stopCell(r *running) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell != r {
		return false
	}
	h.stop = true
	return true
}

// here returns the running cell if this is its goroutine.
func (h *host) here() *running {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell != nil && h.cell.goroutine == goroutineID() {
		return h.cell
	}
	return nil
}

// interrupted is called by lowered code that found stop set. Only the cell's
// own goroutine takes the interrupt, and takes it once, so that its deferred
// calls can run.
func (h *host) interrupted() {
	if h.here() != nil && h.stop {
		h.stop = false
		panic(errInterrupted)
	}
}

// show is called by lowered code with the values of the last expression. It
// renders them there and then, on the cell's goroutine, since that may call
// interpreted methods.
func (h *host) show(values ...any) {
	result := render(values)
	if r := h.here(); r != nil {
		r.result = result
	}
}
