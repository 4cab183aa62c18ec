package eval

import (
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"ipclab/ipclab/interrupts"
	"ipclab/runtime/fork"
)

// Waits of a cell's own goroutine end when the cell is interrupted. There are
// four ways: to wait for the interrupt too, as for a channel (channels.go); to wait
// in a goroutine beside, and to leave that behind (locks.go); to make what is waited
// for fail (files.go); to have the system call fail (package fork, Nudge).

// waits is what a cell's goroutine is in.
type waits struct {
	mu     sync.Mutex
	cancel func() // makes its call return; nil if it is in none of which that is known
}

func (w *waits) set(cancel func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel = cancel
}

// end makes the call return in which the cell's goroutine is.
func (w *waits) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancel != nil {
		w.cancel()
	}
}

// Waits that end by themselves when the children of the cell have been told to
// end are given some time. After that each wait is ended, also those that
// begin only then.
const (
	wakeAfter = 100 * time.Millisecond
	wakeAgain = 50 * time.Millisecond
)

// wake ends the waits of a cell that was told to stop, until its goroutine has
// begun to end.
func (r *running) wake() {
	for wait := wakeAfter; ; wait = wakeAgain {
		select {
		case <-r.done:
			return
		case <-time.After(wait):
		}
		if r.taken.Load() || fork.InChild() {
			return
		}
		r.waits.end()
		_ = fork.Nudge(r.goroutine) // where that cannot be, the call stays
	}
}

// interruptedFor is interrupted for waits that go on until the interrupt has
// reached an age.
func (h *host) interruptedFor(age time.Duration) {
	if r := h.here(); r != nil && r.isStopping() && time.Since(r.since) >= age {
		h.interrupted()
	}
}

// sleep is time.Sleep. Handlers of signals run meanwhile.
func (h *host) sleep(d time.Duration) {
	r := h.interruptible()
	if r == nil && !takesSignals() {
		time.Sleep(d)
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	chosen, _, _ := h.choose([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: r.stoppedChannel()},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(timer.C)},
	})
	if chosen == 0 {
		h.interrupted()
	}
}

// beside waits for call in a goroutine of its own. If the interrupt comes first,
// what the call leads to is undone by late when it returns, and first is done
// before the cell ends. Handlers of signals run meanwhile.
func (h *host) beside(r *running, call, late, first func()) {
	type end struct{ panicked any }
	returned := make(chan end)
	go func() {
		debug.SetPanicOnFault(true)
		var e end
		func() {
			defer func() { e.panicked = recover() }()
			call()
		}()
		select {
		case returned <- e:
		case <-r.stopped:
			// The cell's goroutine may be there still: it takes the interrupt.
			if e.panicked == nil {
				late()
			}
		}
	}()
	for {
		wake, leave := interrupts.Park()
		select {
		case e := <-returned:
			leave()
			if e.panicked != nil {
				panic(e.panicked)
			}
			return
		case <-r.stopped:
			leave()
			first()
			h.interrupted()
			return
		case <-wake:
			leave()
			h.signals()
		}
	}
}
