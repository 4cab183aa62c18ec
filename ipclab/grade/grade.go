// Package grade holds what the checks of the running cell have come to, so that a cell with checks has their score for
// its result, whatever stands in its last line.
//
// It is for the program that evaluates cells, which calls Begin before a cell and Result after it, and for ipclab.Check.
// In a compiled program nobody calls Begin, and all checks belong together.
package grade

import (
	"sync"

	"ipclab/ipclab/mime"
)

var (
	mu      sync.Mutex
	current mime.Displayable
)

// Begin forgets the checks of the cell before.
func Begin() { Set(nil) }

// Set keeps what checks have come to so far.
func Set(d mime.Displayable) {
	mu.Lock()
	defer mu.Unlock()
	current = d
}

// Get returns what checks have come to; nil if there were none.
func Get() mime.Displayable {
	mu.Lock()
	defer mu.Unlock()
	return current
}

// Result returns the result of a cell: its own, or the score of its checks if it has none.
func Result(own mime.Bundle) mime.Bundle {
	if d := Get(); own == nil && d != nil {
		return d.MIMEBundle()
	}
	return own
}
