package eval

import (
	"errors"
	"reflect"
	"sync/atomic"

	"ipclab/ipclab/mime"
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
	stop    bool
	cell    atomic.Uint64 // goroutine of the running cell, 0 between cells
	result  mime.Bundle
	failure *Failure
	shower  reflect.Value // show, as lowered code calls it
}

func newHost() *host {
	h := &host{}
	h.shower = reflect.ValueOf(h.show)
	return h
}

func (h *host) begin() {
	h.result, h.failure = nil, nil
	h.stop = false
	h.cell.Store(goroutineID())
}

func (h *host) end() {
	h.cell.Store(0)
	h.stop = false
}

func (h *host) interrupt() {
	if h.cell.Load() != 0 {
		h.stop = true
	}
}

// interrupted is called by lowered code that found stop set. Only the cell's
// own goroutine takes the interrupt, and takes it once, so that its deferred
// calls can run.
func (h *host) interrupted() {
	if goroutineID() == h.cell.Load() && h.stop {
		h.stop = false
		panic(errInterrupted)
	}
}

// show is called by lowered code with the values of the last expression. It
// renders them there and then, on the cell's goroutine, since that may call
// interpreted methods.
func (h *host) show(values ...any) { h.result = render(values) }

// symbols is package host as the interpreter sees it.
func (h *host) symbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Stop":        reflect.ValueOf(&h.stop),
		"Interrupted": reflect.ValueOf(h.interrupted),
		"Result":      h.shower,
	}
}
