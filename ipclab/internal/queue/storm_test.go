package queue

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

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
