package eval

import (
	"reflect"
	"sync"
	"sync/atomic"

	"ipclab/ipclab/interrupts"
	"ipclab/runtime/dyn"
)

// hostPath is the package through which lowered code reaches this one. Users
// cannot import it: the type checker does not know it.
const hostPath = "ipclab/host"

// host is the state that lowered code touches.
type host struct {
	// stop is true while a cell that is to stop has not ended. Lowered code
	// reads it at each step, through a pointer: the interpreter takes a compiled
	// variable in a condition for a constant. It cannot be an atomic there; a
	// step that reads the old value does no harm, the next one sees the new.
	stop   bool
	shower reflect.Value // show, as lowered code calls it

	cell atomic.Pointer[running] // nil between cells

	mu sync.Mutex
	// left are cells that were told to stop and are waited for no longer. Their
	// goroutines end at their next step, whenever that is.
	left map[uintptr]*running
	some atomic.Bool // left is not empty
}

func newHost() *host {
	h := &host{left: map[uintptr]*running{}}
	h.shower = reflect.ValueOf(h.show)
	return h
}

func (h *host) begin(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cell.Store(r)
}

// leave is called when a cell is waited for no longer.
func (h *host) leave(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell.Load() == r {
		h.cell.Store(nil)
		h.left[r.goroutine] = r
		h.some.Store(true)
	}
}

// end is called by a cell's goroutine when it has ended.
func (h *host) end(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.left[r.goroutine] == r {
		delete(h.left, r.goroutine)
	}
	if h.cell.Load() == r {
		h.cell.Store(nil)
	}
	h.some.Store(len(h.left) > 0)
	h.renewStop()
}

// renewStop sets stop to what it has to be, signals apart. It needs the lock.
func (h *host) renewStop() {
	now := h.cell.Load()
	h.stop = len(h.left) > 0 || now != nil && now.isStopping()
}

// interrupt stops the running cell, if there is one.
func (h *host) interrupt() {
	if r := h.cell.Load(); r != nil && h.stopCell(r) {
		r.waking.Do(func() { go r.wake() })
	}
}

// stopCell stops a cell and tells whether it was still running.
func (h *host) stopCell(r *running) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell.Load() != r {
		return false
	}
	h.stop = true
	r.stop()
	return true
}

// failCell stops a cell because a goroutine of it has failed, and tells whether it
// was still running. The failure is noted first: the cell takes the stop for an
// interrupt, and what is noted first is what it ends with.
func (h *host) failCell(r *running, f *Failure) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cell.Load() != r {
		return false
	}
	first := r.fail(f)
	h.stop = true
	r.stop()
	if first {
		close(r.broken)
	}
	return true
}

// here returns the cell whose goroutine this is, or nil.
func (h *host) here() *running {
	id := current()
	if r := h.cell.Load(); r != nil && r.goroutine == id {
		return r
	}
	if !h.some.Load() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.left[id]
}

// interruptible returns the cell that ends if an interrupt comes while this
// goroutine waits. It is nil for goroutines that a cell has started, and for
// deferred calls that run because of an interrupt: they may take their time.
func (h *host) interruptible() *running {
	r := h.here()
	if r == nil || r.taken.Load() && dyn.Unwinding() {
		return nil
	}
	return r
}

// interrupted is called by lowered code that found stop set, and by waits that
// have ended. Only the cell's own goroutine takes the interrupt. It takes it
// again if compiled code has recovered the panic, as package fmt does. In a
// process that has handlers of signals, stop is also set for those.
func (h *host) interrupted() {
	h.signals()
	if r := h.interruptible(); r != nil && r.isStopping() {
		r.taken.Store(true)
		panic(dyn.Interrupt{})
	}
}

// signals runs the handlers of signals that came, if this goroutine takes them.
func (h *host) signals() {
	interrupts.Signals(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.renewStop()
	})
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
