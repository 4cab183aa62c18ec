package shm

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// The methods here are the only place where memory of a region is looked at as words. What makes them right:
//   - offsets are checked against the length of the mapping and for alignment (the mapping itself begins at a page);
//   - atomic operations on a word mean the same in every process that maps the page;
//   - no pointer leaves this file, so that the mapping cannot go away under it: the Region is kept alive to the end.

// Load32 returns the word at offset at; 0 if there is no such word.
func (r *Region) Load32(at int) uint32 {
	defer runtime.KeepAlive(r)
	if !r.holds(at, 4) {
		return 0
	}
	return atomic.LoadUint32((*uint32)(unsafe.Pointer(&r.memory[at])))
}

// Store32 stores v in the word at offset at; what was written to the region before is seen by who loads v.
func (r *Region) Store32(at int, v uint32) {
	defer runtime.KeepAlive(r)
	if r.holds(at, 4) {
		atomic.StoreUint32((*uint32)(unsafe.Pointer(&r.memory[at])), v)
	}
}

// Load64 returns the double word at offset at; 0 if there is no such word.
func (r *Region) Load64(at int) uint64 {
	defer runtime.KeepAlive(r)
	if !r.holds(at, 8) {
		return 0
	}
	return atomic.LoadUint64((*uint64)(unsafe.Pointer(&r.memory[at])))
}

// Store64 stores v in the double word at offset at.
func (r *Region) Store64(at int, v uint64) {
	defer runtime.KeepAlive(r)
	if r.holds(at, 8) {
		atomic.StoreUint64((*uint64)(unsafe.Pointer(&r.memory[at])), v)
	}
}

// Add64 adds n to the double word at offset at and returns the sum; 0 if there is no such word.
func (r *Region) Add64(at int, n uint64) uint64 {
	defer runtime.KeepAlive(r)
	if !r.holds(at, 8) {
		return 0
	}
	return atomic.AddUint64((*uint64)(unsafe.Pointer(&r.memory[at])), n)
}

// holds reports whether a word of size bytes lies at offset at.
func (r *Region) holds(at, size int) bool {
	return at >= 0 && at%size == 0 && at <= len(r.memory)-size
}
