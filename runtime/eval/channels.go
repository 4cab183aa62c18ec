package eval

import "reflect"

// Channel operations of interpreted code. Those of a cell's own goroutine wait
// for the interrupt too; in other goroutines they are what they are in Go.

// receive is <-c.
func (h *host) receive(c reflect.Value) (reflect.Value, bool) {
	r := h.interruptible()
	if r == nil {
		return c.Recv()
	}
	// A value that says so is one of the closed channel.
	if v, ok := c.TryRecv(); v.IsValid() {
		return v, ok
	}
	chosen, v, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(r.stopped)},
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
	if r == nil {
		c.Send(v)
		return
	}
	if c.TrySend(v) {
		return
	}
	chosen, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(r.stopped)},
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
	chosen, v, ok := reflect.Select(cases)
	if chosen == last {
		h.interrupted()
	}
	return chosen, v, ok
}
