// Package atomic is the source of the generic type of package sync/atomic for
// cells, which instantiate it; see the package comment of lib.
package atomic

import "sync"

// Pointer is atomic.Pointer.
type Pointer[T any] struct {
	mu sync.Mutex
	p  *T
}

// Load is atomic.Pointer.Load.
func (x *Pointer[T]) Load() *T {
	x.mu.Lock()
	p := x.p
	x.mu.Unlock()
	return p
}

// Store is atomic.Pointer.Store.
func (x *Pointer[T]) Store(new *T) {
	x.mu.Lock()
	x.p = new
	x.mu.Unlock()
}

// Swap is atomic.Pointer.Swap.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	x.mu.Lock()
	old, x.p = x.p, new
	x.mu.Unlock()
	return old
}

// CompareAndSwap is atomic.Pointer.CompareAndSwap.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	x.mu.Lock()
	if x.p == old {
		x.p, swapped = new, true
	}
	x.mu.Unlock()
	return swapped
}
