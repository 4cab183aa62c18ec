// Package reserve names the descriptors that belong to the program itself and not to what the user builds with ipclab:
// the connections between a kernel and the process that evaluates cells.
//
// Reserved descriptors are left out of ipclab's tables, and ipclab's Close and Dup2 refuse them, so that a loop that
// closes everything from 3 up cannot cut off the process that runs it. What goes round ipclab (unix.Close) is not stopped.
//
// The hazard: the set belongs to the process, and forked children inherit it. It is for the program, at its start.
package reserve

import (
	"slices"
	"sync"
)

var (
	mu       sync.Mutex
	reserved []int
)

// Descriptors reserves fds, in this process and in the children that it forks later.
func Descriptors(fds ...int) {
	mu.Lock()
	defer mu.Unlock()
	reserved = append(reserved, fds...)
}

// Also reserves fds too, if descriptors are reserved at all: in a notebook's process, and its children.
func Also(fds ...int) {
	if Any() {
		Descriptors(fds...)
	}
}

// Has reports whether fd is reserved.
func Has(fd int) bool {
	mu.Lock()
	defer mu.Unlock()
	return slices.Contains(reserved, fd)
}

// Any reports whether descriptors are reserved, which is so in a notebook's process and its children only.
func Any() bool {
	mu.Lock()
	defer mu.Unlock()
	return len(reserved) > 0
}
