// Package interrupts lets waits of ipclab end when the cell that waits is interrupted.
//
// A wait that a signal has ended early calls Check before it goes on. The program says at its start what that does: it
// may panic, so no lock may be held that is not given back by a deferred call. In a process that has handlers of signals,
// Check runs those of signals that came, see Signals.
package interrupts

import (
	"sync/atomic"
	"time"
)

// ChildLimit is how long a wait for a process goes on after an interrupt: the process gets the interrupt too, and ends,
// or is ended.
const ChildLimit = 800 * time.Millisecond

var check atomic.Pointer[func(time.Duration)]

// SetCheck says what Check does; it is given the age that an interrupt must have to end the wait.
func SetCheck(f func(age time.Duration)) { check.Store(&f) }

// Check is called between two attempts of a wait.
func Check() { call(0) }

// CheckChild is Check for a wait for a process to end.
func CheckChild() { call(ChildLimit) }

func call(age time.Duration) {
	Signals(nil)
	if f := check.Load(); f != nil {
		(*f)(age)
	}
}
