package eval

import (
	"reflect"

	"ipclab/ipclab/interrupts"
)

// Channel operations of interpreted code. Those of a cell's own goroutine wait
// for the interrupt too; in other goroutines they are what they are in Go. In a
// process that has handlers of signals, these run meanwhile.

// receive is <-c.
func (h *host) receive(c reflect.Value) (reflect.Value, bool) {
	r := h.interruptible()
	if r == nil && !takesSignals() {
		return c.Recv()
	}
	// A value that says so is one of the closed channel.
	if v, ok := c.TryRecv(); v.IsValid() {
		return v, ok
	}
	chosen, v, ok := h.choose([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: r.stoppedChannel()},
		{Dir: reflect.SelectRecv, Chan: c},
	})
	if chosen == 0 {
		h.interrupted()
	}
	return v, ok
}

// send is c <- v.
func (h *host) send(c, v reflect.Value) {
	touch(v)
	r := h.interruptible()
	if r == nil && !takesSignals() {
		c.Send(v)
		return
	}
	if c.TrySend(v) {
		return
	}
	chosen, _, _ := h.choose([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: r.stoppedChannel()},
		{Dir: reflect.SelectSend, Chan: c, Send: v},
	})
	if chosen == 0 {
		h.interrupted()
	}
}

// selectOne is a select statement, which blocks unless it has a default clause.
// The last of cases is for the interrupt.
func (h *host) selectOne(cases []reflect.SelectCase, blocks bool) (int, reflect.Value, bool) {
	for i := range cases {
		touch(cases[i].Send)
	}
	last := len(cases) - 1
	if r := h.interruptible(); r != nil && blocks {
		cases[last] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(r.stopped)}
	} else {
		cases = cases[:last]
	}
	if !blocks {
		return reflect.Select(cases)
	}
	chosen, v, ok := h.choose(cases)
	if chosen == last {
		h.interrupted()
	}
	return chosen, v, ok
}

// choose is a select statement that blocks. Handlers of signals run meanwhile.
func (h *host) choose(cases []reflect.SelectCase) (chosen int, v reflect.Value, ok bool) {
	for {
		wake, leave := interrupts.Park()
		if wake == nil {
			return reflect.Select(cases)
		}
		signalled := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(wake)}
		chosen, v, ok = reflect.Select(append(cases[:len(cases):len(cases)], signalled))
		leave()
		if chosen < len(cases) {
			return chosen, v, ok
		}
		h.signals()
	}
}

// takesSignals tells whether this goroutine is the one that takes the signals of
// its process.
func takesSignals() bool {
	wake, leave := interrupts.Park()
	leave()
	return wake != nil
}
