package queue

import "sync/atomic"

// count sets the values of the semaphores: used messages are there.
func (q *Queue) count(used uint64) {
	q.control.messages.value = uint32(used)
	q.control.room.value = uint32(q.slots) - uint32(used)
}

// wait notes that this process waits for a rise, if it has made up its mind to sleep until then, or that it does not any
// more. As long as nobody was woken since it was noted, the note stands.
func (s *semaphore) wait(o *operation, r *result) {
	r.waitOn = s
	noted := o.noted == s && o.ticket == s.wakes
	o.noted, o.ticket = nil, s.wakes
	switch {
	case o.sleep && !noted:
		s.waiters++
	case !o.sleep && noted && s.waiters > 0:
		s.waiters--
	}
	if o.sleep {
		o.noted = s
	}
}

// leave takes back the note that this process waits.
func (s *semaphore) leave(o *operation) {
	if o.noted == s && o.ticket == s.wakes && s.waiters > 0 {
		s.waiters--
	}
}

// rise takes one waiter off those that wait, and reports whether to wake it.
func (s *semaphore) rise() bool {
	if s.waiters == 0 {
		return false
	}
	s.waiters--
	atomic.AddUint32(&s.wakes, 1)
	return true
}
