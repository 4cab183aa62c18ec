package queue

import (
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
	"ipclab/ipclab/internal/spin"
)

// How waits are made.
const (
	valueLooks = 100                    // at a semaphore before a system call
	lockLooks  = 50                     // at the lock; both are in the line of the cache that its holder works on, so
	pauses     = 4                      // come between two looks, some 50 ns each
	yields     = 2                      // looks on one processor, where only others can make a difference
	lockSlice  = 5 * time.Millisecond   // after which a process that waits for the lock looks whether its holder is alive
	lockGrace  = 100 * time.Millisecond // allowed for the lock, whatever the limit
	valueSlice = 100 * time.Millisecond // after which a process that waits for a semaphore looks at it again
)

// An operation is one Put or Get, which may take several attempts.
type operation struct {
	who     futex.Owner
	putting bool
	message []byte // to put
	buffer  []byte // to take into

	sleep    bool       // it has looked for long enough and is to wait
	noted    *semaphore // among whose waiters it is, if wakes are still ticket
	ticket   uint32
	begun    bool // deadline is set
	limit    time.Duration
	deadline time.Time

	holder futex.Owner // who had the lock when it was last waited for
	since  time.Time   // when that was first seen, or last looked into
}

// left returns how much time there is still, at most slice.
func (o *operation) left(slice time.Duration) time.Duration {
	if o.limit == Forever {
		return slice
	}
	if !o.begun {
		o.begun, o.deadline = true, time.Now().Add(o.limit)
	}
	return min(slice, time.Until(o.deadline))
}

// Put adds a message at the end, and waits for room within the limit. Errors: EMSGSIZE, ErrTime, ErrClosed,
// ErrDetached, ErrDamaged, ErrCut.
func (q *Queue) Put(message []byte, limit time.Duration) error {
	if len(message) > q.size {
		return unix.EMSGSIZE
	}
	o := operation{who: self(), putting: true, message: message, limit: limit}
	r := q.attempt(&o)
	if r.done && r.wake == (wakes{}) {
		return nil
	}
	_, err := q.goOn(&o, r)
	return err
}

// Get takes the first message into buffer and returns its length; it waits for one within the limit. Errors: ErrTime,
// ErrClosed if it is closed and empty, EMSGSIZE, with the length, if buffer is too short: the message stays;
// ErrDetached, ErrDamaged, ErrCut.
func (q *Queue) Get(buffer []byte, limit time.Duration) (int, error) {
	o := operation{who: self(), buffer: buffer, limit: limit}
	r := q.attempt(&o)
	if r.done && r.wake == (wakes{}) {
		return r.n, nil
	}
	return q.goOn(&o, r)
}

// goOn makes further attempts after the first, with waits in between, and wakes who has to be.
func (q *Queue) goOn(o *operation, r result) (int, error) {
	defer runtime.KeepAlive(q)
	for {
		if r.wake != (wakes{}) {
			q.step(BeforeWake)
			q.wake(r.wake, 1)
		}
		if r.done || r.err != nil {
			return r.n, r.err
		}
		var err error
		if r.waitOn == nil {
			err = q.awaitLock(o)
		} else {
			err = q.await(o, r.waitOn)
		}
		if err == unix.EINTR {
			q.Interrupted()
		} else if err != nil {
			return 0, err
		}
		r = q.attempt(o)
	}
}

// wake wakes processes that wait, n of each kind.
func (q *Queue) wake(w wakes, n int) {
	attemptTo(func() {
		if w.lock {
			lockOf(q.control).Wake()
		}
		if w.messages {
			futex.Wake(&q.control.messages.wakes, n)
		}
		if w.room {
			futex.Wake(&q.control.room.wakes, n)
		}
	})
}

// await waits until a semaphore may have risen: it looks for a while, then makes up its mind to sleep and lets the next
// attempt note that, then sleeps.
func (q *Queue) await(o *operation, s *semaphore) (err error) {
	defer rescue(&err, guard())
	if o.noted == s {
		return q.asleep(o, s)
	}
	for range q.looks(valueLooks) {
		if atomic.LoadUint32(&s.value) != 0 {
			return nil
		}
		q.pause()
	}
	if o.left(valueSlice) <= 0 {
		return ErrTime
	}
	o.sleep = true
	return nil
}

// asleep waits until the semaphore's wakes change. When the time is up, one more attempt takes the note back.
func (q *Queue) asleep(o *operation, s *semaphore) error {
	err := error(unix.ETIMEDOUT)
	left := o.left(valueSlice)
	if left > 0 {
		err = futex.Wait(&s.wakes, o.ticket, left)
	}
	switch {
	case left <= 0 || err == nil:
		o.sleep = false
	case err == unix.ETIMEDOUT:
		err = nil // it looks again, and the note stands
	}
	if left <= 0 {
		err = nil
	}
	return err
}

// awaitLock waits until the lock may be free. It takes the lock over from a process that is dead.
func (q *Queue) awaitLock(o *operation) (err error) {
	defer rescue(&err, guard())
	lock := lockOf(q.control)
	for range q.looks(lockLooks) {
		if lock.Free() {
			return nil
		}
		q.pause()
	}
	err = lock.Wait(lockSlice)
	o.who = self().Waited()
	if dead := o.suspect(lock.Holder()); dead != 0 {
		return q.takeOver(dead)
	}
	if o.left(lockSlice) <= -lockGrace {
		return ErrTime
	}
	if err == unix.ETIMEDOUT {
		return nil
	}
	return err
}

// suspect returns the holder if it has had the lock for a slice of time, as far as can be seen, and is dead; else 0.
// Signals may have cut the waits in between short.
func (o *operation) suspect(holder futex.Owner) futex.Owner {
	now := time.Now()
	if holder == 0 || !holder.Same(o.holder) {
		o.holder, o.since = holder, now
		return 0
	}
	if now.Sub(o.since) < lockSlice {
		return 0
	}
	o.since = now
	if holder.Alive() {
		return 0
	}
	return holder
}

// looks is how often it is worth while to look at a word before a system call.
func (q *Queue) looks(usual int) int {
	if q.patient {
		return yields
	}
	return usual
}

// pause passes the time between two looks.
func (q *Queue) pause() {
	if q.patient {
		unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
		return
	}
	for range pauses {
		spin.Pause()
	}
}

// rescue ends a guarded function: a fault is its error.
func rescue(err *error, before bool) {
	v := recover()
	unguard(before)
	if v != nil {
		*err = fault(v)
	}
}

// attemptTo does what is of no use where the memory is not there.
func attemptTo(work func()) {
	var err error
	defer rescue(&err, guard())
	work()
}
