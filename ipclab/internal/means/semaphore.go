package means

import "sync/atomic"

var semaphores = []*Means{{
	Name: "semaphore", Style: Raw, Least: 1, Most: streamMost, Copies: 2,
	About: "bytes copied into shared memory and out of it, with sem_post(3) and sem_wait(3) of a process-shared sem_t as the C library makes them of a futex",
	Open:  func(size int) (Line, error) { return newShared(size, newSemaphoreEnd) },
}}

// oneWaiter is what a process that sleeps adds to the word of a semaphore, whose low half is the value. glibc has both in
// one word too, so that who posts learns in one step whether to wake somebody.
const oneWaiter = 1 << 32

// A semaphoreEnd posts the semaphore of one slot and waits for that of the other.
type semaphoreEnd struct {
	out, in       *uint64
	outBox, inBox []byte
}

func newSemaphoreEnd(send, receive *slot) (End, error) {
	return &semaphoreEnd{send.word, receive.word, send.data, receive.data}, nil
}

func (e *semaphoreEnd) Send(message []byte) error {
	copy(e.outBox, message)
	if atomic.AddUint64(e.out, 1) >= oneWaiter {
		wakeOne(low(e.out))
	}
	return nil
}

func (e *semaphoreEnd) Receive(message []byte) error {
	if v := atomic.LoadUint64(e.in); uint32(v) == 0 || !atomic.CompareAndSwapUint64(e.in, v, v-1) {
		e.wait()
	}
	copy(message, e.inBox)
	return nil
}

// wait is the way of sem_wait that sleeps: it notes that it does, and takes the note back with the value.
func (e *semaphoreEnd) wait() {
	v := atomic.AddUint64(e.in, oneWaiter)
	for {
		if uint32(v) == 0 {
			sleepWhile(low(e.in), 0)
		} else if atomic.CompareAndSwapUint64(e.in, v, v-1-oneWaiter) {
			return
		}
		v = atomic.LoadUint64(e.in)
	}
}
