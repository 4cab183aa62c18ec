package means

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// shared is a Line in memory that both children have from the process that opened it: a slot for each direction.
//
//	offset  bytes
//	     0   8   word of the slot, by which it is known whether there is a message
//	   128   8   second word
//	   256 size  the message
//
// Parts lie 128 bytes apart, since processors fetch lines of the cache in pairs. What makes the addresses right: offsets
// come from the size that was asked for, and the memory stays mapped until Close, after which nobody in this process uses it.
type shared struct {
	memory []byte
	size   int
	end    func(send, receive *slot) (End, error)
}

const (
	apart  = 128
	second = apart
	body   = 2 * apart
)

// A slot is one direction.
type slot struct {
	word   *uint64
	second *uint64
	data   []byte
}

// newShared maps memory for messages of size bytes; the pages are there before the first of them.
func newShared(size int, end func(send, receive *slot) (End, error)) (Line, error) {
	memory, err := unix.Mmap(-1, 0, 2*stride(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
	if err != nil {
		return nil, fmt.Errorf("mmap: %d bytes: %w", 2*stride(size), err)
	}
	return &shared{memory, size, end}, nil
}

// stride is how far the slots are apart.
func stride(size int) int { return body + (size+apart-1)/apart*apart }

// Join gives a side its two slots.
func (s *shared) Join(side Side) (End, error) {
	slots := [2]*slot{s.slot(0), s.slot(stride(s.size))}
	return s.end(slots[side], slots[1-side])
}

func (s *shared) slot(at int) *slot {
	return &slot{
		word:   (*uint64)(unsafe.Pointer(&s.memory[at])),
		second: (*uint64)(unsafe.Pointer(&s.memory[at+second])),
		data:   s.memory[at+body : at+body+s.size : at+body+s.size],
	}
}

// Close unmaps the memory in this process.
func (s *shared) Close() error { return unix.Munmap(s.memory) }

// low returns the half of a word that counts: both kinds of processor are little endian.
func low(word *uint64) *uint32 { return (*uint32)(unsafe.Pointer(word)) }
