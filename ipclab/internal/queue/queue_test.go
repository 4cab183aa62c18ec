package queue

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestFirstInFirstOut(t *testing.T) {
	for _, c := range []struct{ slots, size int }{{1, 1}, {3, 8}, {5, 20}, {64, 64}, {7, 1000}} {
		q := anonymous(t, c.slots, c.size)
		buffer := make([]byte, c.size)
		next := 0
		for round := range 5 * c.slots {
			fill := round%c.slots + 1
			for i := range fill {
				must(t, q.Put(text(next+i, c.size), 0))
			}
			for range fill {
				n, err := q.Get(buffer, 0)
				if want := text(next, c.size); err != nil || string(buffer[:n]) != string(want) {
					t.Fatalf("%v: message %d: %q, %v; want %q", c, next, buffer[:n], err, want)
				}
				next++
			}
		}
	}
}

// text is message number i, of a length that depends on i.
func text(i, most int) []byte {
	full := fmt.Appendf(nil, "message %d", i)
	return full[:min(len(full), i%(most+1))]
}

func TestFullAndEmpty(t *testing.T) {
	q := anonymous(t, 2, 4)
	buffer := make([]byte, 4)
	if _, err := q.Get(buffer, 0); err != ErrTime {
		t.Errorf("empty: %v", err)
	}
	must(t, q.Put([]byte("a"), 0))
	must(t, q.Put([]byte("b"), 0))
	start := time.Now()
	if err := q.Put([]byte("c"), 30*time.Millisecond); err != ErrTime || time.Since(start) < 30*time.Millisecond {
		t.Errorf("full: %v after %v", err, time.Since(start))
	}
	if err := q.Put([]byte("12345"), 0); err != unix.EMSGSIZE {
		t.Errorf("too long: %v", err)
	}
	if n, err := q.Get(nil, 0); err != unix.EMSGSIZE || n != 1 {
		t.Errorf("no buffer: %d, %v", n, err)
	}
	if n, err := q.Get(buffer, 0); err != nil || string(buffer[:n]) != "a" {
		t.Errorf("after that: %q, %v", buffer[:n], err)
	}
	must(t, q.Close())
	if err := q.Put([]byte("c"), 0); err != ErrClosed {
		t.Errorf("closed: %v", err)
	}
	if n, err := q.Get(buffer, Forever); err != nil || string(buffer[:n]) != "b" {
		t.Errorf("what was there: %q, %v", buffer[:n], err)
	}
	if _, err := q.Get(buffer, Forever); err != ErrClosed {
		t.Errorf("closed and empty: %v", err)
	}
	s, err := q.State()
	if err != nil || s.WaitMessages != 0 || s.WaitRoom != 0 {
		t.Errorf("%+v, %v; nobody waits", s, err)
	}
}

// TestManyOfEach: what several producers put, several consumers take, each message once, each producer's in its order.
func TestManyOfEach(t *testing.T) {
	const producers, consumers, messages = 3, 3, 2000
	q, path := create(t, 8, 16)
	back := anonymous(t, 1024, 16)
	for p := range producers {
		defer wait(t, child(t, func() error {
			mine, err := Attach(path)
			for i := range messages {
				var m [16]byte
				binary.LittleEndian.PutUint64(m[:], uint64(p))
				binary.LittleEndian.PutUint64(m[8:], uint64(i))
				if err == nil {
					err = mine.Put(m[:], limit)
				}
			}
			return err
		}))
	}
	for c := range consumers {
		defer wait(t, child(t, func() error { return consume(q, back, c, producers) }))
	}
	seen := map[[2]uint64]bool{}
	buffer := make([]byte, 16)
	for range producers * messages {
		_, err := back.Get(buffer, limit)
		must(t, err)
		seen[[2]uint64{binary.LittleEndian.Uint64(buffer), binary.LittleEndian.Uint64(buffer[8:])}] = true
	}
	if len(seen) != producers*messages {
		t.Errorf("%d different messages, want %d", len(seen), producers*messages)
	}
	must(t, q.Close())
}

// consume passes on what it takes, until the queue is closed, and fails if one producer's messages are out of order.
func consume(q, back *Queue, c, producers int) error {
	last := make([]int, producers)
	for {
		var m [16]byte
		if _, err := q.Get(m[:], limit); err == ErrClosed {
			return nil
		} else if err != nil {
			return err
		}
		p, i := binary.LittleEndian.Uint64(m[:]), int(binary.LittleEndian.Uint64(m[8:]))+1
		if i <= last[p] {
			return fmt.Errorf("consumer %d: producer %d's message %d came after %d", c, p, i, last[p])
		}
		last[p] = i
		if err := back.Put(m[:], limit); err != nil {
			return err
		}
	}
}

// TestWaitsEnd: who waits in another process learns of a message, of room, and of the end.
func TestWaitsEnd(t *testing.T) {
	var q *Queue
	for name, c := range map[string]struct {
		work func() error
		then func() error
		full bool
	}{
		"message": {work: func() error { _, err := q.Get(make([]byte, 8), limit); return err }, then: func() error { return q.Put(nil, 0) }},
		"room":    {work: func() error { return q.Put([]byte("2"), limit) }, then: func() error { _, err := q.Get(make([]byte, 8), 0); return err }, full: true},
	} {
		q = anonymous(t, 1, 8)
		if c.full {
			must(t, q.Put([]byte("1"), 0))
		}
		pid := child(t, c.work)
		asleepIn(t, q)
		must(t, c.then())
		if status := wait(t, pid); status != 0 {
			t.Errorf("%s: %v", name, status)
		}
	}
	q = anonymous(t, 1, 8)
	pid := child(t, func() error {
		if _, err := q.Get(nil, limit); err != ErrClosed {
			return fmt.Errorf("%v, want ErrClosed", err)
		}
		return nil
	})
	asleepIn(t, q)
	must(t, q.Close())
	if status := wait(t, pid); status != 0 {
		t.Errorf("closed: %v", status)
	}
}

// asleepIn waits until a process sleeps in a Put or Get of q.
func asleepIn(t *testing.T, q *Queue) {
	t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(100 * time.Microsecond) {
		s, err := q.State()
		must(t, err)
		if s.WaitMessages+s.WaitRoom > 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("nobody sleeps")
		}
	}
}

func TestDetach(t *testing.T) {
	q, path := create(t, 2, 8)
	failed := make(chan error)
	go func() { _, err := q.Get(make([]byte, 8), limit); failed <- err }()
	asleepIn(t, q)
	must(t, q.Detach())
	if err := <-failed; err != ErrDetached {
		t.Errorf("a Get that waited: %v", err)
	}
	if err := q.Put(nil, 0); err != ErrDetached {
		t.Errorf("Put: %v", err)
	}
	if _, err := q.State(); err != ErrDetached {
		t.Errorf("State: %v", err)
	}
	must(t, q.Detach())
	other, err := Attach(path)
	must(t, err)
	defer other.Detach()
	must(t, other.Put(nil, 0)) // the lock is free
	maps, err := os.ReadFile("/proc/self/maps")
	must(t, err)
	if n := countLines(maps, path); n != 1 {
		t.Errorf("the file is mapped %d times, want once", n)
	}
}

func countLines(text []byte, with string) (n int) {
	for _, line := range splitLines(text) {
		if len(line) >= len(with) && line[len(line)-len(with):] == with {
			n++
		}
	}
	return n
}

func splitLines(text []byte) (lines []string) {
	start := 0
	for i, b := range text {
		if b == '\n' {
			lines = append(lines, string(text[start:i]))
			start = i + 1
		}
	}
	return lines
}

// TestNoAllocation: neither Put nor Get makes garbage.
func TestNoAllocation(t *testing.T) {
	q := anonymous(t, 4, 64)
	m := make([]byte, 64)
	if n := testing.AllocsPerRun(100, func() { q.Put(m, Forever); q.Get(m, Forever) }); n != 0 {
		t.Errorf("%v allocations for a message", n)
	}
	r, err := NewRing(4, 64)
	must(t, err)
	defer r.Detach()
	if n := testing.AllocsPerRun(100, func() { r.Put(m, Forever); r.Get(m, Forever) }); n != 0 {
		t.Errorf("%v allocations for a record", n)
	}
}
