package queue

import (
	"errors"
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
	"ipclab/ipclab/internal/spin"
)

// errReady ends the wait of a side.
var errReady = errors.New("ready")

// tryOnce looks for what a side needs, for a while, and then sleeps for a slice of time. The error is errReady if it is
// there, nil if it may be worth while to look again.
func (r *Ring) tryOnce(s *side, o *operation) (err error) {
	defer runtime.KeepAlive(r)
	defer rescue(&err, guard())
	if r.detached.Load() {
		return ErrDetached
	}
	if s.owner != futex.Self() {
		if err := s.claim(); err != nil {
			return err
		}
	}
	if s.producer && atomic.LoadUint32(&s.attend)&closed != 0 {
		return ErrClosed
	}
	r.lull(s)
	for i := range r.ringLooks() {
		if r.free(s) > 0 || r.look(s) > 0 {
			s.adapt(i == 0, r.free(s))
			return errReady
		}
		r.pause()
	}
	if s.told != s.next {
		s.tell()
	}
	if o.left(ringSlice) <= 0 {
		return ErrTime
	}
	return r.sleep(s, o)
}

// How a consumer that is faster than the producer lets records gather: to look after each would move the line of the
// cache with the position from one processor to the other for every record, and slow both down.
const (
	fewRecords = 16 // at a look, and the next one comes later
	lullMost   = 8  // pauses, about half a microsecond
)

// lull passes some time before the first look.
func (r *Ring) lull(s *side) {
	if s.producer || r.patient {
		return
	}
	for range s.pauses {
		spin.Pause()
	}
}

// adapt chooses how long the next lull is: longer if there were few records at once, none if the producer was waited for,
// since then it is the time that counts.
func (s *side) adapt(atOnce bool, got uint64) {
	switch {
	case !atOnce:
		s.pauses = 0
	case got < fewRecords:
		s.pauses = min(s.pauses+1, lullMost)
	}
}

// sleep waits until the other side has done something. The other looks whether anybody sleeps by a plain load after its
// store, without a barrier in between, which would be half of what a record costs; membarrier(2) makes the barrier there
// from here.
func (r *Ring) sleep(s *side, o *operation) error {
	word := &s.other.attend
	note := atomic.OrUint32(word, asleep) | asleep
	barrier()
	if r.look(s) > 0 {
		return errReady
	}
	if !s.producer && note&closed != 0 {
		if r.look(s) > 0 { // what was put before it was closed
			return errReady
		}
		return ErrClosed
	}
	err := futex.Wait(word, note, o.left(ringSlice))
	if err != unix.ETIMEDOUT {
		return err
	}
	other := futex.Owner(atomic.LoadUint64(&s.other.owner))
	if other != 0 && !other.Alive() && r.look(s) == 0 {
		return ErrOrphan
	}
	return nil
}

// claim takes the end for this process. It goes on where the process that had it before has stopped.
func (s *side) claim() error {
	me := futex.Self()
	for {
		before := futex.Owner(atomic.LoadUint64(&s.end.owner))
		if before != me && before.Alive() {
			return ErrTaken
		}
		if atomic.CompareAndSwapUint64(&s.end.owner, uint64(before), uint64(me)) {
			break
		}
	}
	register()
	s.next = atomic.LoadUint64(&s.position)
	s.told, s.known, s.owner = s.next, s.next, me
	if s.producer {
		s.known = atomic.LoadUint64(&s.other.position)
	}
	return nil
}

// Commands of membarrier(2): a barrier in all processes that have registered for it.
const (
	barrierAll      = 1 << 1
	barrierRegister = 1 << 2
)

// barrier makes every processor that runs a registered process pass a memory barrier.
func barrier() { unix.Syscall(unix.SYS_MEMBARRIER, barrierAll, 0, 0) }

// register lets this process take part. Where Linux cannot, who sleeps finds out at the end of its slice.
func register() { unix.Syscall(unix.SYS_MEMBARRIER, barrierRegister, 0, 0) }

// ringLooks is looks for a ring.
func (r *Ring) ringLooks() int {
	if r.patient {
		return yields
	}
	return ringSpins
}

// Share says whether all who use the ring share one processor: then nobody waits by looking again and again, which would
// keep the processor from who is waited for.
func (r *Ring) Share(one bool) { r.patient = one }

// pause passes the time between two looks.
func (r *Ring) pause() {
	if r.patient {
		unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
		return
	}
	spin.Pause()
}

// Close lets no more records be put; what is there can still be taken. Either side may call it. Errors: ErrDetached,
// ErrCut.
func (r *Ring) Close() (err error) {
	defer runtime.KeepAlive(r)
	defer rescue(&err, guard())
	if r.detached.Load() {
		return ErrDetached
	}
	atomic.OrUint32(&r.put.attend, closed)
	r.put.rouse()
	r.get.rouse()
	return nil
}

// Detach gives up the ends that this process has, and its memory. Later operations return ErrDetached.
func (r *Ring) Detach() error {
	return r.detach(func() {
		for _, s := range []*side{&r.put, &r.get} {
			if s.owner == futex.Self() {
				if s.told != s.next {
					s.tell()
				}
				atomic.CompareAndSwapUint64(&s.end.owner, uint64(s.owner), 0)
				s.owner = nobody
			}
		}
	})
}

// A RingState is what a ring looks like at a moment.
type RingState struct {
	Put, Taken         uint64
	Closed             bool
	Producer, Consumer futex.Owner
}

// State looks at the ring.
func (r *Ring) State() (s RingState, err error) {
	defer runtime.KeepAlive(r)
	defer rescue(&err, guard())
	if r.detached.Load() {
		return s, ErrDetached
	}
	return RingState{
		Taken: atomic.LoadUint64(&r.get.position), Put: atomic.LoadUint64(&r.put.position),
		Closed:   atomic.LoadUint32(&r.put.attend)&closed != 0,
		Producer: futex.Owner(atomic.LoadUint64(&r.put.end.owner)), Consumer: futex.Owner(atomic.LoadUint64(&r.get.end.owner)),
	}, nil
}
