package queue

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// ring makes a ring without a name.
func ring(t *testing.T, slots, size int) *Ring {
	t.Helper()
	r, err := NewRing(slots, size)
	must(t, err)
	t.Cleanup(func() { r.Detach() })
	return r
}

// number is a record that begins with a number.
func number(i, size int) []byte {
	b := make([]byte, size)
	binary.LittleEndian.PutUint64(b, uint64(i))
	if size > 8 {
		b[size-1] = byte(i)
	}
	return b
}

// isNumber returns an error if b is not number i.
func isNumber(b []byte, i int) error {
	if got := binary.LittleEndian.Uint64(b); got != uint64(i) || len(b) > 8 && b[len(b)-1] != byte(i) {
		return fmt.Errorf("record %d: there is %d, ending in %d", i, got, b[len(b)-1])
	}
	return nil
}

// TestRingInOrder: another process gets every record, in order, whether they are put alone or in batches.
func TestRingInOrder(t *testing.T) {
	for _, c := range []struct{ slots, size, records int }{{1, 9, 1000}, {2, 64, 2000}, {64, 64, 50_000}, {1024, 100, 50_000}} {
		r := ring(t, c.slots, c.size)
		pid := child(t, func() error {
			for i := 0; i < c.records; {
				some := min(c.records-i, rand.IntN(20))
				var batch []byte
				for k := range some {
					batch = append(batch, number(i+k, c.size)...)
				}
				switch {
				case some == 1:
					if err := r.Put(batch, limit); err != nil {
						return err
					}
				case some > 1:
					if n, err := r.PutBatch(batch, limit); n != some || err != nil {
						return fmt.Errorf("%d of %d records: %w", n, some, err)
					}
				}
				i += some
			}
			return r.Close()
		})
		batch := make([]byte, 7*c.size)
		for next := 0; next < c.records; {
			n := 1
			var err error
			if next%3 == 0 {
				err = r.Get(batch[:c.size], limit)
			} else {
				n, err = r.GetBatch(batch, limit)
			}
			must(t, err)
			for k := range n {
				must(t, isNumber(batch[k*c.size:(k+1)*c.size], next+k))
			}
			next += n
		}
		if err := r.Get(batch[:c.size], Forever); err != ErrClosed {
			t.Errorf("%v: at the end: %v", c, err)
		}
		if status := wait(t, pid); status != 0 {
			t.Errorf("%v: the producer: %v", c, status)
		}
	}
}

func TestRingFullAndEmpty(t *testing.T) {
	r := ring(t, 4, 8)
	b := make([]byte, 8)
	if err := r.Get(b, 10*time.Millisecond); err != ErrTime {
		t.Errorf("empty: %v", err)
	}
	for i := range 4 {
		must(t, r.Put(number(i, 8), 0))
	}
	if err := r.Put(b, 0); err != ErrTime {
		t.Errorf("full: %v", err)
	}
	if n, err := r.PutBatch(make([]byte, 16), time.Millisecond); n != 0 || err != ErrTime {
		t.Errorf("a batch for a full ring: %d, %v", n, err)
	}
	must(t, r.Get(b, 0))
	for _, wrong := range [][]byte{nil, b[:7], make([]byte, 9)} { // there is room, and something to take
		if err := r.Get(wrong, 0); err != unix.EMSGSIZE {
			t.Errorf("%d bytes: %v", len(wrong), err)
		}
		if err := r.Put(wrong, 0); err != unix.EMSGSIZE {
			t.Errorf("%d bytes: %v", len(wrong), err)
		}
		if _, err := r.GetBatch(wrong, 0); err != unix.EMSGSIZE {
			t.Errorf("a batch of %d bytes: %v", len(wrong), err)
		}
	}
	must(t, r.Put(number(4, 8), 0))
	must(t, r.Close())
	if err := r.Put(b, 0); err != ErrClosed {
		t.Errorf("closed: %v", err)
	}
	for i := 1; i < 5; i++ {
		must(t, r.Get(b, 0))
		must(t, isNumber(b, i))
	}
	if err := r.Get(b, Forever); err != ErrClosed {
		t.Errorf("closed and empty: %v", err)
	}
}

// TestRingSides: there is one producer and one consumer; when one has gone, another goes on where it was.
func TestRingSides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring")
	r, err := CreateRing(path, 8, 8, 0o600)
	must(t, err)
	defer r.Detach()
	b := make([]byte, 8)
	must(t, r.Put(number(0, 8), 0))
	second := child(t, func() error {
		if err := r.Put(b, 0); err != ErrTaken {
			return fmt.Errorf("a second producer: %v", err)
		}
		other, err := AttachRing(path)
		if err != nil {
			return err
		}
		if err := other.Get(b, limit); err != nil {
			return err
		}
		return isNumber(b, 0)
	})
	if status := wait(t, second); status != 0 {
		t.Error(status)
	}
	must(t, r.Put(number(1, 8), 0))
	must(t, r.Get(b, 0)) // in place of the child
	must(t, isNumber(b, 1))
	must(t, r.Detach())
	if err := r.Put(b, 0); err != ErrDetached {
		t.Errorf("detached: %v", err)
	}
	other, err := AttachRing(path)
	must(t, err)
	defer other.Detach()
	must(t, other.Put(number(2, 8), 0))
	must(t, other.Get(b, 0))
	must(t, isNumber(b, 2))
}

// TestRingPeerDies: who waits for a process that has been killed learns of it.
func TestRingPeerDies(t *testing.T) {
	r := ring(t, 2, line)
	pid := child(t, func() error {
		if err := r.Put(number(0, line), limit); err != nil {
			return err
		}
		select {}
	})
	b := make([]byte, line)
	must(t, r.Get(b, limit))
	unix.Kill(pid, unix.SIGKILL)
	wait(t, pid)
	if err := r.Get(b, limit); err != ErrOrphan {
		t.Errorf("the producer is dead: %v", err)
	}
	r = ring(t, 2, line)
	pid = child(t, func() error {
		if err := r.Get(make([]byte, line), limit); err != nil {
			return err
		}
		select {}
	})
	must(t, r.Put(b, limit))
	for s, err := r.State(); s.Taken == 0; s, err = r.State() {
		must(t, err)
		time.Sleep(100 * time.Microsecond)
	}
	unix.Kill(pid, unix.SIGKILL)
	wait(t, pid)
	must(t, r.Put(b, limit))
	must(t, r.Put(b, limit))
	if err := r.Put(b, limit); err != ErrOrphan {
		t.Errorf("the consumer is dead: %v", err)
	}
}

// TestRingProducersKilled: producers killed at any moment leave neither a hole nor a half record.
func TestRingProducersKilled(t *testing.T) {
	const size = 4096
	r := ring(t, 64, size)
	b := make([]byte, size)
	next := 0
	for range 60 {
		pid := child(t, func() error {
			for {
				s, err := r.State()
				if err != nil {
					return err
				}
				if err := r.Put(number(int(s.Put), size), limit); err != nil {
					return err
				}
			}
		})
		takenBy(t, r, pid)
		for range rand.IntN(200) {
			must(t, r.Get(b, limit))
			must(t, isNumber(b, next))
			next++
		}
		unix.Kill(pid, unix.SIGKILL)
		wait(t, pid)
		for {
			err := r.Get(b, 0)
			if err == ErrTime {
				break
			}
			must(t, err)
			must(t, isNumber(b, next))
			next++
		}
	}
}

// takenBy waits until a process has the producer's end. Until then who waits for a record is told that the producer before it
// is dead.
func takenBy(t *testing.T, r *Ring, pid int) {
	t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(100 * time.Microsecond) {
		s, err := r.State()
		must(t, err)
		if s.Producer.Pid() == pid {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("process %d does not take the end", pid)
		}
	}
}
