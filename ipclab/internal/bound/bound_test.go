package bound

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCallThatReturns(t *testing.T) {
	interrupted := 2
	n, err := Call(time.Minute, func() (int, error) {
		if interrupted--; interrupted >= 0 {
			return -1, unix.EINTR
		}
		return 7, nil
	})
	if n != 7 || err != nil || interrupted != -1 {
		t.Errorf("a call that is interrupted twice: %d, %v", n, err)
	}
	if _, err := Call(time.Minute, func() (int, error) { return -1, unix.ENXIO }); err != unix.ENXIO {
		t.Errorf("a call that fails: %v, want ENXIO", err)
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
			_, err := Call(limit, func() (int, error) { return unix.Read(ends[0], make([]byte, 1)) })
			if took := time.Since(start); err != unix.ETIMEDOUT || took < limit {
				t.Fatalf("limit %v: %v after %v, want ETIMEDOUT", limit, err, took)
			}
		}
	}
	// What is there is taken, whatever the limit.
	if _, err := unix.Write(ends[1], []byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := Call(time.Minute, func() (int, error) { return unix.Read(ends[0], make([]byte, 1)) }); n != 1 || err != nil {
		t.Errorf("a byte is there: %d, %v", n, err)
	}
}
