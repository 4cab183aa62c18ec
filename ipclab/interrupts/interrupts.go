// Package interrupts lets waits of ipclab end when the cell that waits is interrupted.
//
// A wait that a signal has ended early calls Check before it goes on. The program says at its start what that does: it
// may panic, so no lock may be held that is not given back by a deferred call.
package interrupts

import "sync/atomic"

var check atomic.Pointer[func()]

// SetCheck says what Check does.
func SetCheck(f func()) { check.Store(&f) }

// Check is called between two attempts of a wait.
func Check() {
	if f := check.Load(); f != nil {
		(*f)()
	}
}
