package dyn

import (
	"sync"
	"sync/atomic"
)

// Defers are the deferred calls of one call of a function. The interpreter's own
// are run while it holds a lock, without which no closure of the function can be
// called, and are lost when one of them panics.
type Defers struct {
	calls     []deferredCall
	apart     bool // the call that is being made is of a function that does not call recover itself
	panicking bool
	unwound   bool // they run because of a panic, also when that has been recovered
	value     any  // of the panic
	outer     *Defers
	goroutine uintptr // 0 while the list is not in current
}

// A deferredCall makes one call.
type deferredCall struct {
	make  func()
	apart bool
}

// NewDefers returns an empty list.
func NewDefers() *Defers { return &Defers{} }

// Push defers a call.
func (d *Defers) Push(call func()) { d.calls = append(d.calls, deferredCall{make: call}) }

// PushApart defers a call of a function that does not call recover itself: what it
// calls cannot recover the panic either.
func (d *Defers) PushApart(call func()) { d.calls = append(d.calls, deferredCall{call, true}) }

// Run calls body, the function's own code, and then what it has deferred. A
// panic goes on after that unless a deferred call recovers it.
//
// It begins the panic anew only when the recovery has taken back the stack. Were
// that done by the deferred function, each list on the way out would add to the
// stack, and the next would have to look through all of it.
func (d *Defers) Run(body func()) {
	d.guard(body)
	if d.panicking {
		panic(d.value)
	}
}

// guard calls body and what it has deferred, and keeps their panic.
func (d *Defers) guard(body func()) {
	defer func() {
		d.value = recover()
		d.unwind(d.value != nil)
	}()
	body()
}

// unwinding counts the lists that are run because of a panic; while it is zero,
// recover has nothing to find.
var unwinding atomic.Int64

// current holds, by goroutine, the innermost list that is being run.
var current sync.Map

func (d *Defers) unwind(panicking bool) {
	defer d.leave()
	if panicking {
		d.beginPanic()
	}
	if len(d.calls) > 0 && unwinding.Load() > 0 {
		d.enter()
	}
	for len(d.calls) > 0 {
		call := d.calls[len(d.calls)-1]
		d.calls = d.calls[:len(d.calls)-1]
		d.apart = call.apart
		d.call(call.make)
	}
}

func (d *Defers) beginPanic() {
	d.panicking = true
	if !d.unwound {
		d.unwound = true
		unwinding.Add(1)
	}
}

// enter makes the list the innermost one of this goroutine.
func (d *Defers) enter() {
	if d.goroutine != 0 {
		return
	}
	d.goroutine = Goroutine()
	if outer, ok := current.Load(d.goroutine); ok {
		d.outer = outer.(*Defers)
	}
	current.Store(d.goroutine, d)
}

func (d *Defers) leave() {
	switch {
	case d.goroutine == 0:
	case d.outer == nil:
		current.Delete(d.goroutine)
	default:
		current.Store(d.goroutine, d.outer)
	}
	if d.unwound {
		unwinding.Add(-1)
	}
}

// call runs one deferred call; its panic takes the place of an earlier one.
func (d *Defers) call(f func()) {
	finished := false
	defer func() {
		if finished {
			return
		}
		if r := recover(); r != nil {
			d.value = r
			d.beginPanic()
			d.enter()
		}
	}()
	f()
	finished = true
}

// Recover is the predeclared function recover, called by a deferred call.
func Recover() any {
	if unwinding.Load() == 0 {
		return nil
	}
	c, ok := current.Load(Goroutine())
	if !ok {
		return nil
	}
	d := c.(*Defers)
	if _, interrupted := d.value.(Interrupt); !d.panicking || d.apart || interrupted {
		return nil
	}
	d.panicking = false
	return recovered(d.value)
}
