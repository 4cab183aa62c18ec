package queue

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestKilledAtEachStep: whatever a process was doing when it died, the next one goes on at once, with all messages that
// count.
func TestKilledAtEachStep(t *testing.T) {
	for _, c := range []struct {
		step      Step
		get       bool
		want      string // what is in the queue afterwards; it was "first" before
		recovered uint32
	}{
		{HoldingLock, false, "first", 1},
		{BetweenReserve, false, "first", 1},
		{AfterCommit, false, "first second", 1},
		{HoldingLock, true, "first", 1},
		{BetweenReserve, true, "first", 1},
		{AfterCommit, true, "", 1},
	} {
		q := anonymous(t, 4, 16)
		must(t, q.Put([]byte("first"), 0))
		pid := child(t, func() error {
			q.KillAt = c.step
			if c.get {
				_, err := q.Get(make([]byte, 16), limit)
				return err
			}
			return q.Put([]byte("second"), limit)
		})
		if status := wait(t, pid); !status.Signaled() || status.Signal() != unix.SIGKILL {
			t.Fatalf("%+v: the child was to be killed: %v", c, status)
		}
		must(t, q.Put([]byte("end"), limit))
		if got := drain(t, q); got != strings.TrimSpace(c.want+" end") {
			t.Errorf("%+v: there is %q", c, got)
		}
		s, err := q.State()
		if err != nil || s.Recovered != c.recovered || s.LastDead != pid || s.Holder != 0 {
			t.Errorf("%+v: %+v, %v; the dead process was %d", c, s, err, pid)
		}
		checkWhole(t, q)
	}
}

// TestKilledBeforeWake: a wake that never came is made good.
func TestKilledBeforeWake(t *testing.T) {
	q := anonymous(t, 1, 16)
	waits := child(t, func() error { _, err := q.Get(make([]byte, 16), limit); return err })
	asleepIn(t, q)
	killed := child(t, func() error { q.KillAt = BeforeWake; return q.Put(nil, limit) })
	if status := wait(t, killed); !status.Signaled() {
		t.Errorf("the child was to be killed: %v", status)
	}
	if status := wait(t, waits); status != 0 {
		t.Errorf("the child that waited: %v", status)
	}
}

// TestStoppedHolder: a holder that lives is waited for, within the limit; when it dies, the lock can be had.
func TestStoppedHolder(t *testing.T) {
	q := anonymous(t, 1, 16)
	pid := child(t, func() error {
		lockOf(q.control).TakeOver(0, self()) // it takes the lock as it is free
		unix.Kill(unix.Getpid(), unix.SIGSTOP)
		select {}
	})
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child was to stop: %v, %v", status, err)
	}
	if err := q.Put(nil, 10*time.Millisecond); err != ErrTime {
		t.Errorf("the holder is stopped: %v", err)
	}
	if s, err := q.State(); err != nil || s.Holder.Pid() != pid || s.Recovered != 0 {
		t.Errorf("%+v, %v; %d holds the lock", s, err, pid)
	}
	unix.Kill(pid, unix.SIGKILL)
	wait(t, pid)
	must(t, q.Put(nil, limit))
}

// TestForkInTheMiddle: processes copied while a goroutine is anywhere in Put or Get are whole processes, and make no
// message that nobody has put.
func TestForkInTheMiddle(t *testing.T) {
	q := anonymous(t, 4, 4096)
	stop := make(chan bool)
	work := func(done chan<- error) {
		m := make([]byte, 4096)
		for i := byte(0); ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			m[0], m[len(m)-1] = i, i
			// Without limits: a copy that ends after its Put, or before its Get, leaves others a message too many.
			if err := q.Put(m, 0); err != nil && err != ErrTime {
				done <- err
				return
			}
			if _, err := q.Get(m, 0); err != nil && err != ErrTime || m[0] != m[len(m)-1] {
				done <- fmt.Errorf("there is %d ... %d, %v", m[0], m[len(m)-1], err)
				return
			}
		}
	}
	done := make(chan error, 2)
	go work(done)
	go work(done)
	for range 30 {
		pid := child(t, func() error { // both goroutines go on here, too
			select {
			case err := <-done:
				return err
			case <-time.After(2 * time.Millisecond):
				return nil
			}
		})
		if status := wait(t, pid); status != 0 {
			t.Errorf("a child: %v", status)
		}
	}
	close(stop)
	must(t, <-done)
	must(t, <-done)
}

// drain takes all that is there.
func drain(t *testing.T, q *Queue) string {
	t.Helper()
	var words []string
	for {
		buffer := make([]byte, q.Size())
		n, err := q.Get(buffer, 0)
		if err == ErrTime {
			return strings.Join(words, " ")
		}
		must(t, err)
		words = append(words, string(buffer[:n]))
	}
}

// checkWhole fails if an empty queue has lost a slot.
func checkWhole(t *testing.T, q *Queue) {
	t.Helper()
	for range q.Slots() {
		must(t, q.Put([]byte("x"), 0))
	}
	if err := q.Put([]byte("x"), 0); err != ErrTime {
		t.Errorf("a full queue: %v", err)
	}
	drain(t, q)
}

// longMessage is long enough for a process to be killed in the middle of it now and then.
const longMessage = 32 << 10

// A record of what a storm of deaths did, in memory that the processes share.
type record struct {
	put   [1 << 20]atomic.Uint32 // 1 before message i is put, 2 after
	taken [1 << 20]atomic.Uint32 // how often it was taken
	next  atomic.Uint32
}

// TestKilledAtRandom kills producers and consumers at any moment. A message that was put is taken once, unless a consumer
// was killed while it took it, and the queue is whole in the end.
func TestKilledAtRandom(t *testing.T) {
	const workers, lasting = 4, 1500 * time.Millisecond
	memory, err := unix.Mmap(-1, 0, int(unsafe.Sizeof(record{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	must(t, err)
	defer unix.Munmap(memory)
	r := (*record)(unsafe.Pointer(&memory[0]))
	q := anonymous(t, 4, longMessage)
	start := func(consumer bool) int {
		return child(t, func() error {
			if consumer {
				return r.consume(q)
			}
			return r.produce(q)
		})
	}
	var pids [workers]int
	for i := range pids {
		pids[i] = start(i%2 == 1)
	}
	kills, consumersKilled := 0, 0
	for end := time.Now().Add(lasting); time.Now().Before(end); kills++ {
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) // any moment will do: this is not for order
		i := rand.IntN(workers)
		unix.Kill(pids[i], unix.SIGKILL)
		if status := wait(t, pids[i]); !status.Signaled() {
			t.Fatalf("worker %d had ended: %v", i, status)
		}
		if i%2 == 1 {
			consumersKilled++
		}
		pids[i] = start(i%2 == 1)
	}
	for _, pid := range pids {
		unix.Kill(pid, unix.SIGKILL)
		wait(t, pid)
	}
	r.takeRest(t, q)
	r.check(t, consumersKilled+workers/2)
	s, err := q.State()
	must(t, err)
	t.Logf("%d killed, %d messages, the lock taken over %d times", kills, s.Put, s.Recovered)
	checkWhole(t, q)
}

// produce puts messages that nobody has put.
func (r *record) produce(q *Queue) error {
	m := make([]byte, longMessage)
	for {
		i := r.next.Add(1)
		if i >= uint32(len(r.put)) {
			select {} // enough
		}
		binary.LittleEndian.PutUint32(m, i)
		m[longMessage-1] = byte(i)
		r.put[i].Store(1)
		if err := q.Put(m, limit); err != nil {
			return err
		}
		r.put[i].Store(2)
	}
}

// consume notes what it takes.
func (r *record) consume(q *Queue) error {
	m := make([]byte, longMessage)
	for {
		if _, err := q.Get(m, limit); err != nil {
			return err
		}
		r.note(m)
	}
}

func (r *record) note(m []byte) {
	if i := binary.LittleEndian.Uint32(m); int(i) < len(r.taken) && m[longMessage-1] == byte(i) {
		r.taken[i].Add(1)
	} else {
		r.taken[0].Add(1) // a message that nobody has put
	}
}

// takeRest empties the queue.
func (r *record) takeRest(t *testing.T, q *Queue) {
	m := make([]byte, longMessage)
	for {
		_, err := q.Get(m, 0)
		if err == ErrTime {
			return
		}
		must(t, err)
		r.note(m)
	}
}

// check fails if a message is lost beyond those that died with a consumer, comes twice, or is not what was put.
func (r *record) check(t *testing.T, consumersKilled int) {
	lost := 0
	for i := range r.put {
		taken, put := r.taken[i].Load(), r.put[i].Load()
		switch {
		case taken > 1 || taken > 0 && put == 0:
			t.Errorf("message %d was taken %d times; put: %d", i, taken, put)
		case taken == 0 && put == 2:
			lost++
		}
	}
	if lost > consumersKilled {
		t.Errorf("%d messages are lost, and only %d consumers were killed", lost, consumersKilled)
	}
}
