package queue

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
	"ipclab/ipclab/internal/spin"
)

// How a ring waits.
const (
	ringSpins = 400                    // looks at the other's position before it sleeps
	ringSlice = 100 * time.Millisecond // after which a side that sleeps looks whether the other is alive
)

// Put adds a record, and waits for room within the limit. Errors: EMSGSIZE, ErrTime, ErrClosed, ErrTaken, ErrOrphan if
// it waits and the consumer has died, ErrDetached, ErrCut.
func (r *Ring) Put(record []byte, limit time.Duration) error {
	s := &r.put
	if len(record) != r.quick || s.owner != futex.Known() || s.next-s.known >= uint64(r.slots) || atomic.LoadUint32(&s.attend) != 0 {
		return r.putSlowly(record, limit)
	}
	copyLine(r.slot(s.next), unsafe.Pointer(unsafe.SliceData(record)))
	s.next++
	spin.Release(&s.position, s.next)
	if atomic.LoadUint32(&s.attend)&asleep != 0 {
		s.rouse()
	}
	runtime.KeepAlive(r) // or the memory could go while it is used
	return nil
}

// putSlowly is Put where something is to be done before, or records are of another size.
func (r *Ring) putSlowly(record []byte, limit time.Duration) error {
	s := &r.put
	if r.cuttable && !s.guarded {
		return r.guardedly(s, func() error { return r.putSlowly(record, limit) })
	}
	if len(record) != r.size {
		return unix.EMSGSIZE
	}
	if s.owner != futex.Self() || s.next-s.known >= uint64(r.slots) || atomic.LoadUint32(&s.attend) != 0 {
		if err := r.prepare(s, limit); err != nil {
			return err
		}
	}
	copy(r.bytes(s.next), record)
	s.next++
	s.tell()
	runtime.KeepAlive(r)
	return nil
}

// Get takes the first record, and waits for one within the limit. The slot is free for the producer at the latest when
// an eighth of the ring has been taken, or Get finds no other record. Errors: as for Put; ErrClosed if it is empty too.
func (r *Ring) Get(record []byte, limit time.Duration) error {
	s := &r.get
	if len(record) != r.quick || s.owner != futex.Known() || s.next == s.known {
		return r.getSlowly(record, limit)
	}
	copyLine(unsafe.Pointer(unsafe.SliceData(record)), r.slot(s.next))
	s.next++
	if s.next == s.known || s.next-s.told >= r.most {
		s.tell()
	}
	runtime.KeepAlive(r)
	return nil
}

// getSlowly is Get where something is to be done before, or records are of another size.
func (r *Ring) getSlowly(record []byte, limit time.Duration) error {
	s := &r.get
	if r.cuttable && !s.guarded {
		return r.guardedly(s, func() error { return r.getSlowly(record, limit) })
	}
	if len(record) != r.size {
		return unix.EMSGSIZE
	}
	if s.owner != futex.Self() || s.next == s.known {
		if err := r.prepare(s, limit); err != nil {
			return err
		}
	}
	copy(record, r.bytes(s.next))
	s.next++
	if s.next == s.known || s.next-s.told >= r.most {
		s.tell()
	}
	runtime.KeepAlive(r)
	return nil
}

// PutBatch adds the records that are in data, one after the other, and tells the consumer once for as many as there is
// room for. It waits for room within the limit and returns how many it has added. Errors: as for Put.
func (r *Ring) PutBatch(data []byte, limit time.Duration) (n int, err error) {
	defer rescue(&err, guard())
	if len(data) == 0 || len(data)%r.size != 0 {
		return 0, unix.EMSGSIZE
	}
	for len(data) > 0 {
		if err := r.prepare(&r.put, limit); err != nil {
			return n, err
		}
		moved := copy(r.stretch(&r.put, len(data)), data)
		data = data[moved:]
		n += r.moved(&r.put, moved)
	}
	runtime.KeepAlive(r)
	return n, nil
}

// GetBatch takes as many records into data as there are and find room, at least one. Errors: as for Get.
func (r *Ring) GetBatch(data []byte, limit time.Duration) (n int, err error) {
	defer rescue(&err, guard())
	if len(data) == 0 || len(data)%r.size != 0 {
		return 0, unix.EMSGSIZE
	}
	if err := r.prepare(&r.get, limit); err != nil {
		return 0, err
	}
	for len(data) > 0 && r.free(&r.get) > 0 {
		moved := copy(data, r.stretch(&r.get, len(data)))
		data = data[moved:]
		n += r.moved(&r.get, moved)
	}
	runtime.KeepAlive(r)
	return n, nil
}

// guardedly makes an operation on a side of a ring whose file may be cut meanwhile. For one whose memory stays, that would
// cost as much as the operation.
func (r *Ring) guardedly(s *side, operation func() error) (err error) {
	s.guarded = true
	defer func() { s.guarded = false }()
	defer rescue(&err, guard())
	return operation()
}

// moved counts bytes that a side has copied, tells the other, and returns how many records they are.
func (r *Ring) moved(s *side, bytes int) int {
	n := bytes / r.size
	s.next += uint64(n)
	s.tell()
	return n
}

// prepare makes sure that there is a record to take, or room for one, and that this process may.
func (r *Ring) prepare(s *side, limit time.Duration) (err error) {
	o := operation{limit: limit}
	for {
		err := r.tryOnce(s, &o)
		switch err {
		case nil, unix.EINTR:
		case errReady:
			return nil
		default:
			return err
		}
		if err == unix.EINTR {
			r.Interrupted()
		}
	}
}
