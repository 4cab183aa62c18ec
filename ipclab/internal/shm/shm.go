// Package shm is anonymous memory that a process shares with the children it forks: words to be used atomically, and
// bytes.
//
// It is not memory of the Go heap: the collector neither moves nor frees it, and it must hold no Go pointers, which mean
// nothing in another process.
//
// The hazard: what is read from a region may have been written by another process at any moment, halfway or wrongly.
// A reader loads each word once, atomically, and checks it before use; what the bytes hold is known only when a word
// stored after them says so.
package shm

import (
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// ErrRange says that an offset lies outside a region, or is not aligned to the size of the word.
var ErrRange = errors.New("shm: offset out of range or not aligned")

// A Region is a shared mapping. It is unmapped when the Region becomes unreachable, in each process by itself.
type Region struct {
	memory []byte
}

// New maps size bytes, zeroed, that children forked later share with this process. With resident, the pages are there
// from the start and no access to them waits for one. See mmap(2), MAP_SHARED | MAP_ANONYMOUS and MAP_POPULATE.
func New(size int, resident bool) (*Region, error) {
	if size <= 0 {
		return nil, fmt.Errorf("mmap: %d bytes: %w", size, unix.EINVAL)
	}
	flags := unix.MAP_SHARED | unix.MAP_ANONYMOUS
	if resident {
		flags |= unix.MAP_POPULATE
	}
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, flags)
	if err != nil {
		return nil, fmt.Errorf("mmap: %d bytes: %w", size, err)
	}
	r := &Region{memory: memory}
	runtime.AddCleanup(r, func(m []byte) { unix.Munmap(m) }, memory)
	return r, nil
}

// Len returns the size in bytes.
func (r *Region) Len() int { return len(r.memory) }

// Write copies data to offset at.
func (r *Region) Write(at int, data []byte) error {
	if at < 0 || at > len(r.memory) || len(data) > len(r.memory)-at {
		return ErrRange
	}
	copy(r.memory[at:], data)
	runtime.KeepAlive(r)
	return nil
}

// Read copies length bytes from offset at into memory of this process alone.
func (r *Region) Read(at, length int) ([]byte, error) {
	if at < 0 || length < 0 || at > len(r.memory) || length > len(r.memory)-at {
		return nil, ErrRange
	}
	data := append([]byte{}, r.memory[at:at+length]...)
	runtime.KeepAlive(r)
	return data, nil
}
