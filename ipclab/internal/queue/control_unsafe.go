package queue

import (
	"errors"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
)

// A control is bytes 64 to 127 of a queue's file, one line of the processor's cache. Fields other than lock are changed
// by the holder of the lock.
type control struct {
	lock      uint64
	put       uint64
	taken     uint64
	closed    uint32
	recovered uint32
	messages  semaphore
	lastDead  uint32
	room      semaphore
	_         uint32
}

// A semaphore counts what there is to take. See the package comment.
type semaphore struct{ value, waiters, wakes uint32 }

// Where the control is, in a file.
const atControl = 64

// Both are 0 if the layout is what the package comment says: the program does not build otherwise.
const (
	_ = uint(unsafe.Sizeof(control{}) - 64)
	_ = uint(64 - unsafe.Sizeof(control{}))
)

// A mapping is the memory of a file in this process. What makes its use right:
//   - measures come from the geometry, which was checked when the file was opened, never from the file;
//   - atomic operations on an aligned word mean the same in every process that maps the page;
//   - the addresses stay mapped for as long as the mapping can be reached: detach puts other memory there.
type mapping struct {
	geometry
	memory   []byte
	detached atomic.Bool
}

// at returns the address of a byte of the mapping, which must be inside.
func (m *mapping) at(offset int) unsafe.Pointer { return unsafe.Pointer(&m.memory[offset]) }

// detach lets the file go. wake wakes those of this process who wait; others look again.
//
// The addresses get memory of this process alone, zeroed: a goroutine in the middle of an operation goes on there, and
// finds that the mapping is detached. None of them holds the file's lock then, since that takes ForkLock.
func (m *mapping) detach(wake func()) error {
	if m.detached.Swap(true) {
		return nil
	}
	attemptTo(wake)
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	_, _, errno := unix.Syscall6(unix.SYS_MMAP, uintptr(m.at(0)), uintptr(len(m.memory)), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_FIXED|unix.MAP_NORESERVE, ^uintptr(0), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// guard lets a fault on mapped memory be a panic of this goroutine, until unguard, to which what it returns goes.
func guard() bool { return debug.SetPanicOnFault(true) }

// unguard makes it what it was before guard.
func unguard(before bool) { debug.SetPanicOnFault(before) }

// fault returns ErrCut for a panic that an access to mapped memory beyond the end of the file has caused, and goes on
// with any other panic.
func fault(v any) error {
	if e, ok := v.(error); ok {
		if f, ok := errors.AsType[interface {
			error
			Addr() uintptr
		}](e); ok && f.Addr() != 0 {
			return ErrCut
		}
	}
	panic(v)
}

// lockOf returns the lock of a queue.
func lockOf(c *control) futex.Lock { return futex.At(&c.lock) }

// slot returns the length and the room of the slot of message number i.
func (q *Queue) slot(i uint64) (length *uint32, room []byte) {
	at := int(i & q.mask)
	if q.mask == 0 {
		at = int(i % uint64(q.slots))
	}
	offset := q.first + at*q.stride
	return (*uint32)(q.at(offset)), q.memory[offset+slotHeader : offset+slotHeader+q.size]
}
