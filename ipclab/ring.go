package ipclab

import (
	"encoding/binary"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue"
	"ipclab/ipclab/interrupts"
)

// A Ring is a ring of records in memory that two processes map: one producer and one consumer, and no lock. All records
// have the same size. Each side alone writes its own position, and reads the other's only when what it knows of it is used
// up; that is why a ring is some ten times faster than a Queue.
//
//	r, err := ipclab.NewRing()
//	p, err := ipclab.Spawn(func() {
//		for i := range 1_000_000 {
//			r.PutInt64(int64(i))
//		}
//		r.Close()
//	})
//
// The first process that puts is the producer, the first that takes the consumer; a further one gets EBUSY as long as the
// first lives and has not detached. When it has ended, another goes on where it was: the records of a batch that had not
// been announced are gone with a producer, those that had been taken but not given back come again with a new consumer, an
// eighth of the ring at most. In each process, one goroutine at a time may put, and one may take. Fork while another
// goroutine of this process is inside Put would copy that Put as well: let it finish before.
type Ring struct {
	engine *queue.Ring
	path   string
}

// CreateRing makes a file with an empty ring in it, and maps it, as CreateQueue does for a queue. Slots are 1,024 unless
// the options say otherwise, and a power of two; Size is the size of every record, 64 bytes unless the options say
// otherwise. UnlinkQueue removes the name. Errors: as for CreateQueue.
func CreateRing(path string, options ...QueueOptions) (*Ring, error) {
	o, err := queueOptions(options, ringSlotsUsual)
	if err != nil {
		return nil, &Error{Call: "CreateRing", Arg: path, Err: err}
	}
	engine, err := queue.CreateRing(path, o.Slots, o.Size, o.Permissions)
	if err != nil {
		return nil, &Error{Call: "CreateRing", Arg: path, Err: queueFileReason(path, err)}
	}
	return newRing(engine, path), nil
}

// NewRing makes a ring without a name, in memory that children forked later share with this process. Options and errors
// are those of CreateRing. See memfd_create(2).
func NewRing(options ...QueueOptions) (*Ring, error) {
	o, err := queueOptions(options, ringSlotsUsual)
	if err != nil {
		return nil, &Error{Call: "NewRing", Err: err}
	}
	engine, err := queue.NewRing(o.Slots, o.Size)
	if err != nil {
		return nil, &Error{Call: "NewRing", Err: queueFileReason("", err)}
	}
	return newRing(engine, ""), nil
}

// AttachRing maps a ring that CreateRing has made. Errors: as for AttachQueue.
func AttachRing(path string) (*Ring, error) {
	engine, err := queue.AttachRing(path)
	if err != nil {
		return nil, &Error{Call: "AttachRing", Arg: path, Err: queueFileReason(path, err)}
	}
	return newRing(engine, path), nil
}

// newRing makes a ring whose waits end when the cell is interrupted.
func newRing(engine *queue.Ring, path string) *Ring {
	engine.Interrupted = interrupts.Check
	return &Ring{engine: engine, path: path}
}

// Put adds a record of exactly Size bytes; it blocks while the ring is full.
//
// Errors: EMSGSIZE for another size; EPIPE once the ring is closed; EBUSY if another living process is the producer;
// EOWNERDEAD if the ring is full and the consumer has ended; EBADF after Detach; EIO if the file was cut.
func (r *Ring) Put(record []byte) error {
	if r.absent() {
		return r.unusable("put", 0)
	}
	if err := r.engine.Put(record, queue.Forever); err != nil {
		return r.failed("put", queue.Forever, err)
	}
	return nil
}

// PutWithin is Put with a time limit; 0 is to try, and not to wait. Errors: ETIMEDOUT when the limit has passed, EINVAL
// for a negative one, and those of Put.
func (r *Ring) PutWithin(record []byte, limit time.Duration) error {
	if r.absent() || limit < 0 {
		return r.unusable("put", limit)
	}
	if err := r.engine.Put(record, limit); err != nil {
		return r.failed("put", limit, err)
	}
	return nil
}

// Get takes the first record into record, which must have exactly Size bytes; it blocks while the ring is empty. The
// producer learns that slots are free when an eighth of the ring has been taken, or nothing is left to take.
//
// Errors: io.EOF once the ring is closed and empty; EMSGSIZE for another size; EBUSY if another living process is the
// consumer; EOWNERDEAD if the ring is empty and the producer has ended without closing it; EBADF after Detach; EIO if the
// file was cut.
func (r *Ring) Get(record []byte) error {
	if r.absent() {
		return r.unusable("get", 0)
	}
	if err := r.engine.Get(record, queue.Forever); err != nil {
		return r.failed("get", queue.Forever, err)
	}
	return nil
}

// GetWithin is Get with a time limit; 0 is to try, and not to wait. Errors: ETIMEDOUT when the limit has passed, EINVAL
// for a negative one, and those of Get.
func (r *Ring) GetWithin(record []byte, limit time.Duration) error {
	if r.absent() || limit < 0 {
		return r.unusable("get", limit)
	}
	if err := r.engine.Get(record, limit); err != nil {
		return r.failed("get", limit, err)
	}
	return nil
}

// PutBatch adds the records in data, one after the other, len(data)/Size of them. The consumer is told once for as many as
// there was room for, which makes a record cheaper than Put does. It blocks until all are in, and returns how many are.
// Errors: EMSGSIZE if data is empty or no multiple of Size; and those of Put, with the number put before.
func (r *Ring) PutBatch(data []byte) (int, error) {
	if r.absent() {
		return 0, r.unusable("put", 0)
	}
	n, err := r.engine.PutBatch(data, queue.Forever)
	if err != nil {
		return n, r.failed("put", 0, err)
	}
	return n, nil
}

// GetBatch takes as many records as are there, and fit into data, and returns how many; it blocks while there is none.
// Errors: EMSGSIZE if data is empty or no multiple of Size; and those of Get.
func (r *Ring) GetBatch(data []byte) (int, error) {
	if r.absent() {
		return 0, r.unusable("get", 0)
	}
	n, err := r.engine.GetBatch(data, queue.Forever)
	if err != nil {
		return n, r.failed("get", 0, err)
	}
	return n, nil
}

// PutInt64 puts a record that begins with the number, in little-endian order, 0 after it. Errors: EMSGSIZE for a ring of
// smaller records than 8 bytes; and those of Put.
func (r *Ring) PutInt64(n int64) error {
	var b [messageUsual]byte
	if r.Size() < int64Size || r.Size() > len(b) {
		return r.failed("put", 0, because(unix.EMSGSIZE, "numbers want records of %d to %d bytes", int64Size, len(b)))
	}
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	return r.Put(b[:r.Size()])
}

// GetInt64 takes a record that PutInt64 has put. Errors: as for PutInt64, and those of Get.
func (r *Ring) GetInt64() (int64, error) {
	var b [messageUsual]byte
	if r.Size() < int64Size || r.Size() > len(b) {
		return 0, r.failed("get", 0, because(unix.EMSGSIZE, "numbers want records of %d to %d bytes", int64Size, len(b)))
	}
	if err := r.Get(b[:r.Size()]); err != nil {
		return 0, err
	}
	return int64(binary.LittleEndian.Uint64(b[:])), nil
}

// Close lets no more records be put, for good. What is in the ring can still be taken; after that, Get returns io.EOF.
// Either side may call it. Errors: EBADF after Detach.
func (r *Ring) Close() error {
	if r.absent() {
		return r.unusable("close", 0)
	}
	if err := r.engine.Close(); err != nil {
		return r.failed("close", 0, err)
	}
	return nil
}

// Detach unmaps the ring from this process and gives up its side, which another process may take then. To detach twice
// does nothing. Precondition: no goroutine of this process is in Put or Get. Errors: ENOMEM. See munmap(2).
func (r *Ring) Detach() error {
	if r.absent() {
		return r.unusable("detach", 0)
	}
	if err := r.engine.Detach(); err != nil {
		return r.failed("detach", 0, err)
	}
	return nil
}

// Size returns the bytes in a record; 0 for a nil ring.
func (r *Ring) Size() int {
	if r.absent() {
		return 0
	}
	return r.engine.Size()
}

// Slots returns how many records the ring holds; 0 for a nil ring.
func (r *Ring) Slots() int {
	if r.absent() {
		return 0
	}
	return r.engine.Slots()
}

// absent reports whether there is no ring behind r.
func (r *Ring) absent() bool { return r == nil || r.engine == nil }

// unusable is the error of a call on a nil ring, or with a negative limit.
func (r *Ring) unusable(call string, limit time.Duration) error {
	if r.absent() {
		return r.failed(call, 0, errNoQueue)
	}
	return r.failed(call, 0, badLimit(limit))
}

// failed makes the error of a call on r.
func (r *Ring) failed(call string, limit time.Duration, err error) error {
	name := "ring without a name"
	if r != nil && r.path != "" {
		name = "ring " + r.path
	}
	switch err {
	case unix.EMSGSIZE:
		err = because(unix.EMSGSIZE, "every record has %d bytes", r.Size())
	case queue.ErrClosed:
		if call == "get" {
			return io.EOF
		}
		err = because(unix.EPIPE, "it is closed: nothing may be put any more")
	case queue.ErrTime:
		state := map[string]string{"put": "full", "get": "empty"}[call]
		err = because(unix.ETIMEDOUT, "it was %s for %v", state, limit)
	case queue.ErrTaken:
		err = because(unix.EBUSY, "another process, which lives, does that; a ring has one producer and one consumer")
	}
	return &Error{Call: call, Arg: name, Err: queueReason(err)}
}
