package bound

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCallThatReturns(t *testing.T) {
	later, past := time.Now().Add(time.Minute), time.Now().Add(-time.Minute)
	for _, c := range []struct {
		deadline  time.Time
		err, want error
	}{
		{later, nil, nil}, {past, nil, nil},
		{later, unix.ENXIO, unix.ENXIO}, {past, unix.ENXIO, unix.ENXIO},
		{later, unix.EINTR, unix.EINTR}, {past, unix.EINTR, unix.ETIMEDOUT},
	} {
		if n, err := Call(c.deadline, func() (int, error) { return 7, c.err }); n != 7 || err != c.want {
			t.Errorf("a call that returns %v by %v: %d, %v", c.err, c.deadline, n, err)
		}
	}
}

func TestCallThatBlocks(t *testing.T) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	defer unix.Close(ends[1])
	for _, limit := range []time.Duration{-1, 0, time.Nanosecond, 3 * time.Millisecond} {
		for range 20 {
			start := time.Now()
			_, err := Call(start.Add(limit), func() (int, error) { return unix.Read(ends[0], make([]byte, 1)) })
			if took := time.Since(start); err != unix.ETIMEDOUT || took < limit {
				t.Fatalf("limit %v: %v after %v, want ETIMEDOUT", limit, err, took)
			}
		}
	}
	// What is there is taken, whatever the deadline.
	if _, err := unix.Write(ends[1], []byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := Call(time.Now(), func() (int, error) { return unix.Read(ends[0], make([]byte, 1)) }); n != 1 || err != nil {
		t.Errorf("a byte is there: %d, %v", n, err)
	}
}
