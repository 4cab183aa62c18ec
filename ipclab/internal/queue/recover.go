package queue

import (
	"math"
	"runtime"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
)

// takeOver takes the lock from a holder that is dead, and makes the semaphores what they have to be.
func (q *Queue) takeOver(dead futex.Owner) error {
	r := q.change(func() bool { return lockOf(q.control).TakeOver(dead, self()) }, func(c *control) {
		c.recovered++
		c.lastDead = uint32(dead.Pid())
		if used := c.put - c.taken; used <= uint64(q.slots) {
			q.count(used)
		}
	})
	return r.err
}

// Close lets nobody put any more, in any process; what is there can still be taken. Errors: as for Put.
func (q *Queue) Close() error {
	o := operation{who: self(), limit: Forever}
	for {
		r := q.change(func() bool { return lockOf(q.control).Try(o.who) }, func(c *control) { c.closed = 1 })
		if r.done || r.err != nil {
			return r.err
		}
		if err := q.awaitLock(&o); err == unix.EINTR {
			q.Interrupted()
		} else if err != nil {
			return err
		}
	}
}

// change does work under the lock, if take gets that, and has everybody that waits look again.
func (q *Queue) change(take func() bool, work func(*control)) (r result) {
	defer runtime.KeepAlive(q)
	defer func() { q.wake(r.wake, math.MaxInt32) }()
	syscall.ForkLock.RLock()
	defer q.leave(&r, guard())
	if q.detached.Load() {
		r.err = ErrDetached
		return r
	}
	if !take() {
		return r
	}
	c := q.control
	work(c)
	for _, s := range []*semaphore{&c.messages, &c.room} {
		s.waiters = 0
		atomic.AddUint32(&s.wakes, 1)
	}
	r.done, r.wake = true, wakes{lockOf(c).Unlock(), true, true}
	return r
}

// Detach gives the queue's memory back in this process. Operations in progress, and later ones, return ErrDetached.
func (q *Queue) Detach() error {
	return q.detach(func() { q.wake(wakes{messages: true, room: true}, math.MaxInt32) })
}

// A State is what a queue looks like at a moment.
type State struct {
	Put, Taken uint64
	Closed     bool
	Holder     futex.Owner
	Recovered  uint32
	LastDead   int
	// Waiting for messages and for room: processes that sleep, roughly.
	WaitMessages, WaitRoom uint32
}

// State looks at the queue without the lock: figures may be of different moments if others use it.
func (q *Queue) State() (s State, err error) {
	defer runtime.KeepAlive(q)
	defer rescue(&err, guard())
	if q.detached.Load() {
		return s, ErrDetached
	}
	c := q.control
	return State{
		Taken: atomic.LoadUint64(&c.taken), Put: atomic.LoadUint64(&c.put), Closed: atomic.LoadUint32(&c.closed) != 0,
		Holder: lockOf(c).Holder(), Recovered: atomic.LoadUint32(&c.recovered), LastDead: int(atomic.LoadUint32(&c.lastDead)),
		WaitMessages: atomic.LoadUint32(&c.messages.waiters), WaitRoom: atomic.LoadUint32(&c.room.waiters),
	}, nil
}
