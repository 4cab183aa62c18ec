package queue

import (
	"errors"
	"math"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
)

// Errors of operations.
var (
	ErrClosed   = errors.New("it is closed")
	ErrDetached = errors.New("this process has detached from it")
	ErrDamaged  = errors.New("its counters contradict each other: another program has written to the file")
	ErrCut      = errors.New("memory of it or of the message is not there: a mapped file has been cut, or its disk is full")
	ErrTime     = errors.New("the time is up")
)

// Forever is a limit of time that does not pass.
const Forever = time.Duration(math.MaxInt64)

// A Queue is a queue in this process's memory. Its methods may be called by many goroutines, and processes.
type Queue struct {
	mapping
	control *control
	mask    uint64 // slots-1 if that is a power of two, else 0
	patient bool   // there is one processor: to spin would keep it from who is waited for

	// Interrupted is called when a signal has ended a wait early, and may panic.
	Interrupted func()
	// KillAt is the step at which this process kills itself, for experiments.
	KillAt Step
}

// A Step is a moment in the life of an operation.
type Step int

// The steps at which a process may be made to end.
const (
	Never          Step = iota
	HoldingLock         // the lock is taken, nothing is changed
	BetweenReserve      // half of the message is copied, nothing is committed
	AfterCommit         // the message counts, the semaphores do not know, the lock is held
	BeforeWake          // the lock is free, who waits is not woken
)

// Create makes a queue in a file.
func Create(path string, slots, size int, permissions uint32) (*Queue, error) {
	g, err := queueKind.geometry(slots, size)
	if err != nil {
		return nil, errors.Join(unix.EINVAL, err)
	}
	memory, err := queueKind.create(path, g, permissions)
	if err != nil {
		return nil, err
	}
	q := newQueue(memory, g)
	q.control.room.value = uint32(g.slots) // before the first lock, and nobody minds if others see 0
	return q, nil
}

// New makes a queue in memory that forked children share.
func New(slots, size int) (*Queue, error) {
	g, err := queueKind.geometry(slots, size)
	if err != nil {
		return nil, errors.Join(unix.EINVAL, err)
	}
	memory, err := queueKind.anonymous(g)
	if err != nil {
		return nil, err
	}
	q := newQueue(memory, g)
	q.control.room.value = uint32(g.slots)
	return q, nil
}

// Attach opens a queue that another process has made.
func Attach(path string) (*Queue, error) {
	memory, g, err := queueKind.attach(path)
	if err != nil {
		return nil, err
	}
	return newQueue(memory, g), nil
}

func newQueue(memory []byte, g geometry) *Queue {
	q := &Queue{mapping: mapping{geometry: g, memory: memory}, patient: processors() == 1, Interrupted: func() {}}
	q.control = (*control)(q.at(atControl))
	if g.slots&(g.slots-1) == 0 {
		q.mask = uint64(g.slots - 1)
	}
	runtime.AddCleanup(q, func(m []byte) { unix.Munmap(m) }, memory)
	return q
}

// Share says whether all who use the queue share one processor: then nobody waits by looking again and again, which would
// keep the processor from who is waited for.
func (q *Queue) Share(one bool) { q.patient = one }

// processors returns how many processors this process may run on.
func processors() int {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return runtime.NumCPU()
	}
	return set.Count()
}

// Size returns the most bytes in a message, Slots how many messages the queue holds.
func (q *Queue) Size() int  { return q.size }
func (q *Queue) Slots() int { return q.slots }

// A result is what became of one attempt.
type result struct {
	done   bool
	err    error      // why it cannot be done, ever
	waitOn *semaphore // what has to rise before it can be done; nil if the lock was not free
	wake   wakes
	n      int  // length of the message taken
	locked bool // the lock is held
}

// wakes says whom to wake once the lock is free.
type wakes struct{ lock, messages, room bool }

// attempt is one attempt of an operation: it takes the lock if that is free, and does work. Fork cannot copy the process
// in between, nor can detach take the memory away.
func (q *Queue) attempt(o *operation) (r result) {
	syscall.ForkLock.RLock()
	defer q.leave(&r, guard())
	if q.detached.Load() {
		r.err = ErrDetached
		return r
	}
	lock := lockOf(q.control)
	if !lock.Try(o.who) {
		return r
	}
	r.locked = true
	q.step(HoldingLock)
	if o.putting {
		q.put(o, &r)
	} else {
		q.take(o, &r)
	}
	r.wake.lock = lock.Unlock()
	r.locked = false
	runtime.KeepAlive(q) // or the memory could go while it is used
	return r
}

// leave ends an attempt, whatever has become of it.
func (q *Queue) leave(r *result, before bool) {
	v := recover()
	if v != nil && r.locked { // what faulted may have been the message, and nothing was committed
		attemptTo(func() { lockOf(q.control).Unlock() })
		r.wake.lock = true
	}
	unguard(before)
	syscall.ForkLock.RUnlock()
	if v != nil {
		r.err = fault(v)
	}
}

// put puts a message, if there is room.
func (q *Queue) put(o *operation, r *result) {
	c := q.control
	put, used := c.put, c.put-c.taken
	switch {
	case used > uint64(q.slots):
		r.err = ErrDamaged
	case c.closed != 0:
		r.err = ErrClosed
	case used == uint64(q.slots):
		c.room.value = 0
		c.room.wait(o, r)
	default:
		length, room := q.slot(put)
		*length = uint32(len(o.message))
		if q.KillAt == BetweenReserve {
			copy(room, o.message[:len(o.message)/2])
			die()
		}
		copy(room, o.message)
		c.put = put + 1 // the commit
		q.step(AfterCommit)
		q.count(used + 1)
		r.wake.messages = c.messages.rise()
		r.done = true
		c.room.leave(o)
	}
}

// take takes the message that was put first, if there is one.
func (q *Queue) take(o *operation, r *result) {
	c := q.control
	taken, used := c.taken, c.put-c.taken
	switch {
	case used > uint64(q.slots):
		r.err = ErrDamaged
		return
	case used == 0 && c.closed != 0:
		r.err = ErrClosed
		return
	case used == 0:
		c.messages.value = 0
		c.messages.wait(o, r)
		return
	}
	length, room := q.slot(taken)
	n := int(*length)
	switch {
	case n > q.size:
		r.err = ErrDamaged // and away with it, or it would stand in the way for ever
	case n > len(o.buffer):
		r.n, r.err = n, unix.EMSGSIZE
		return
	default:
		if q.KillAt == BetweenReserve {
			copy(o.buffer, room[:n/2])
			die()
		}
		r.n, r.done = copy(o.buffer, room[:n]), true
	}
	c.taken = taken + 1 // the commit
	q.step(AfterCommit)
	q.count(used - 1)
	r.wake.room = c.room.rise()
	c.messages.leave(o)
}

// step ends the process here if that was asked for.
func (q *Queue) step(s Step) {
	if q.KillAt == s {
		die()
	}
}

// die ends this process as a kill -9 does.
func die() {
	unix.Kill(unix.Getpid(), unix.SIGKILL)
	select {}
}

// self returns this process.
func self() futex.Owner { return futex.Self() }
