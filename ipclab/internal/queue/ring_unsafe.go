package queue

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
	"ipclab/ipclab/internal/spin"
)

// An end is what one of the two processes of a ring writes, and the note by which the other asks to be woken.
type end struct {
	position uint64 // records put, or taken
	owner    uint64 // who has this end: a futex.Owner
	attend   uint32 // bits below; a futex
}

// Bits of attend.
const (
	asleep = 1 << iota // the other side waits until this one has done something
	closed             // of the producer's end: no more may be put
)

// Where the ends are, in a file: each in two lines of the cache, since processors fetch lines in pairs.
const (
	atProducer = 128
	atConsumer = 256
)

// A side is one end of a ring as the process that has it keeps it, in its own memory.
type side struct {
	*end                 // what the other reads
	other    *end        // what the other writes
	owner    futex.Owner // the process that has taken the end, if that was done here; else nobody
	next     uint64      // the record to put or take next
	known    uint64      // the other's position, as last seen
	told     uint64      // the own position, as last told
	pauses   int         // before the next look
	producer bool
	guarded  bool // a fault is an error now
}

// A Ring is a ring in this process's memory. Each side may be used by one goroutine at a time.
type Ring struct {
	mapping
	mask    uint64
	quick   int    // the size of records that are copied at once; -1 if theirs is another, or the memory is not safe
	most    uint64 // records that are taken before the producer is told
	patient bool
	// The memory is a file's, which others may cut.
	cuttable bool

	put side
	get side

	// Interrupted is called when a signal has ended a wait early, and may panic.
	Interrupted func()
}

// nobody is the owner of an end that this process has not taken. It is neither a process nor 0, which futex.Known returns
// in a process that has not asked yet.
const nobody = ^futex.Owner(0)

// Errors of rings.
var (
	ErrTaken  = errors.New("a living process has this end")
	ErrOrphan = errors.New("the process at the other end has ended")
)

// CreateRing makes a ring in a file.
func CreateRing(path string, slots, size int, permissions uint32) (*Ring, error) {
	g, err := ringKind.geometry(slots, size)
	if err != nil {
		return nil, errors.Join(unix.EINVAL, err)
	}
	memory, err := ringKind.create(path, g, permissions)
	if err != nil {
		return nil, err
	}
	r := newRing(memory, g)
	r.cuttable, r.quick = true, -1
	return r, nil
}

// NewRing makes a ring in memory that forked children share.
func NewRing(slots, size int) (*Ring, error) {
	g, err := ringKind.geometry(slots, size)
	if err != nil {
		return nil, errors.Join(unix.EINVAL, err)
	}
	memory, err := ringKind.anonymous(g)
	if err != nil {
		return nil, err
	}
	return newRing(memory, g), nil
}

// AttachRing opens a ring that another process has made.
func AttachRing(path string) (*Ring, error) {
	memory, g, err := ringKind.attach(path)
	if err != nil {
		return nil, err
	}
	r := newRing(memory, g)
	r.cuttable, r.quick = true, -1
	return r, nil
}

func newRing(memory []byte, g geometry) *Ring {
	const part = 8 // of the ring
	r := &Ring{mapping: mapping{geometry: g, memory: memory}, mask: uint64(g.slots - 1), most: max(uint64(g.slots/part), 1),
		patient: processors() == 1, Interrupted: func() {}}
	if r.quick = -1; g.size == line {
		r.quick = line
	}
	producer, consumer := (*end)(r.at(atProducer)), (*end)(r.at(atConsumer))
	r.put = side{end: producer, other: consumer, owner: nobody, producer: true}
	r.get = side{end: consumer, other: producer, owner: nobody}
	runtime.AddCleanup(r, func(m []byte) { unix.Munmap(m) }, memory)
	return r
}

// Size returns the bytes in a record, Slots how many records the ring holds.
func (r *Ring) Size() int  { return r.size }
func (r *Ring) Slots() int { return r.slots }

// slot returns the address of the slot of record number i.
func (r *Ring) slot(i uint64) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(r.memory)), uintptr(r.first)+uintptr(i&r.mask)*uintptr(r.size))
}

// stretch returns the slots, side by side, that this side may use now, for at most so many bytes.
func (r *Ring) stretch(s *side, bytes int) []byte {
	at := s.next & r.mask
	n := min(r.free(s), uint64(r.slots)-at, uint64(bytes/r.size))
	return unsafe.Slice((*byte)(r.slot(at)), int(n)*r.size)
}

// bytes returns the slot of record number i.
func (r *Ring) bytes(i uint64) []byte { return unsafe.Slice((*byte)(r.slot(i)), r.size) }

// line is the size of record that is copied without a call, that of a line of the cache.
const line = 64

// copyLine copies so many bytes, 16 at a time: that is one instruction to load and one to store them.
func copyLine(to, from unsafe.Pointer) {
	type chunk [2]uint64
	t, f := (*[line / 16]chunk)(to), (*[line / 16]chunk)(from)
	t[0] = f[0]
	t[1] = f[1]
	t[2] = f[2]
	t[3] = f[3]
}

// tell makes what this side has done known to the other, and wakes it if it asked for that.
func (s *side) tell() {
	s.told = s.next
	spin.Release(&s.position, s.next)
	if atomic.LoadUint32(&s.attend)&asleep != 0 {
		s.rouse()
	}
}

// rouse wakes the other side.
func (s *side) rouse() {
	for {
		old := atomic.LoadUint32(&s.attend)
		if atomic.CompareAndSwapUint32(&s.attend, old, old&^asleep) {
			break
		}
	}
	futex.Wake(&s.attend, 1)
}

// free returns how many records this side can put or take, as far as it knows.
func (r *Ring) free(s *side) uint64 {
	if s.producer {
		return uint64(r.slots) - (s.next - s.known)
	}
	return s.known - s.next
}

// look learns the other side's position and returns what free is then. A position that cannot be is passed over.
func (r *Ring) look(s *side) uint64 {
	p := atomic.LoadUint64(&s.other.position)
	distance := p - s.next
	if s.producer {
		distance = s.next - p
	}
	if distance <= uint64(r.slots) {
		s.known = p
	}
	return r.free(s)
}
