package ipclab

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue"
)

// Put adds a message of at most Size bytes at the end of the queue; it blocks while all slots are taken.
//
// Errors: EMSGSIZE for a message that is too long; EPIPE once the queue is closed; EBADF after Detach; EBADMSG if another
// program has written nonsense to the file; EIO if the file was cut, or the message lies in one that was.
func (q *Queue) Put(message []byte) error {
	if q.absent() {
		return q.failed("put", errNoQueue)
	}
	if err := q.engine.Put(message, queue.Forever); err != nil {
		return q.putFailed(len(message), queue.Forever, err)
	}
	return nil
}

// PutWithin is Put with a time limit; 0 is to try, and not to wait. A limit runs until somebody has taken a message; for
// the lock, which is held for less than a microsecond as a rule, 100 ms more are allowed. Errors: ETIMEDOUT when the limit
// has passed, EINVAL for a negative one, and those of Put.
func (q *Queue) PutWithin(message []byte, limit time.Duration) error {
	if q.absent() {
		return q.failed("put", errNoQueue)
	}
	if limit < 0 {
		return q.failed("put", badLimit(limit))
	}
	if err := q.engine.Put(message, limit); err != nil {
		return q.putFailed(len(message), limit, err)
	}
	return nil
}

// Get takes the first message of the queue into buffer and returns its length; it blocks while there is none. A buffer of
// Size bytes is long enough for any message.
//
// Errors: io.EOF once the queue is closed and empty; EMSGSIZE if buffer is too short for the message, which stays where it
// is; EBADF after Detach; EBADMSG if another program has written nonsense to the file; EIO if the file was cut, or buffer
// lies in one that was.
func (q *Queue) Get(buffer []byte) (int, error) {
	if q.absent() {
		return 0, q.failed("get", errNoQueue)
	}
	n, err := q.engine.Get(buffer, queue.Forever)
	if err != nil {
		return 0, q.getFailed(n, len(buffer), queue.Forever, err)
	}
	return n, nil
}

// GetWithin is Get with a time limit; 0 is to try, and not to wait. The lock gets 100 ms more, as for PutWithin. Errors:
// ETIMEDOUT when the limit has passed, EINVAL for a negative one, and those of Get.
func (q *Queue) GetWithin(buffer []byte, limit time.Duration) (int, error) {
	if q.absent() {
		return 0, q.failed("get", errNoQueue)
	}
	if limit < 0 {
		return 0, q.failed("get", badLimit(limit))
	}
	n, err := q.engine.Get(buffer, limit)
	if err != nil {
		return 0, q.getFailed(n, len(buffer), limit, err)
	}
	return n, nil
}

// int64Size is the length of a message that is a number.
const int64Size = 8

// PutInt64 puts a message of 8 bytes, the number in little-endian order. Errors: as for Put.
func (q *Queue) PutInt64(n int64) error {
	var b [int64Size]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	return q.Put(b[:])
}

// GetInt64 takes a message that PutInt64 has put. Errors: EMSGSIZE for a longer message, which stays; EBADMSG for a
// shorter one, which is gone; and those of Get.
func (q *Queue) GetInt64() (int64, error) {
	var b [int64Size]byte
	n, err := q.Get(b[:])
	if err == nil && n < int64Size {
		err = q.failed("get", because(unix.EBADMSG, "the message has %d bytes, a number has %d", n, int64Size))
	}
	if err != nil {
		return 0, err
	}
	return int64(binary.LittleEndian.Uint64(b[:])), nil
}

// badLimit is the error of a negative limit.
func badLimit(limit time.Duration) error {
	return because(unix.EINVAL, "limit %v: want 0 or more", limit)
}
