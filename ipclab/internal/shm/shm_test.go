package shm

import (
	"errors"
	"math"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWords(t *testing.T) {
	r, err := New(4096, true)
	if err != nil {
		t.Fatal(err)
	}
	r.Store32(4092, 7)
	r.Store64(8, 1<<40)
	if got := r.Load32(4092); got != 7 {
		t.Errorf("last word: %d, want 7", got)
	}
	if got := r.Add64(8, 1); got != 1<<40+1 || r.Load64(8) != got {
		t.Errorf("sum %d, loaded %d, want 2^40+1", got, r.Load64(8))
	}
}

func TestOutOfRange(t *testing.T) {
	r, err := New(4096, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{-1, -8, 4, 2, 4089, 4096, 1 << 40, math.MaxInt, math.MinInt} {
		r.Store64(at, 1)
		if r.Load64(at) != 0 || r.Add64(at, 1) != 0 {
			t.Errorf("there is a double word at %d of 4096", at)
		}
	}
	for _, c := range [][2]int{{-1, 1}, {4096, 1}, {0, 4097}, {4000, 97}, {math.MaxInt, 1}, {1, math.MaxInt}, {0, -1}} {
		if _, err := r.Read(c[0], c[1]); !errors.Is(err, ErrRange) {
			t.Errorf("Read(%d, %d): %v, want ErrRange", c[0], c[1], err)
		}
	}
	if err := r.Write(4000, make([]byte, 97)); !errors.Is(err, ErrRange) {
		t.Errorf("Write beyond the end: %v, want ErrRange", err)
	}
	whole, err := r.Read(0, r.Len())
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range whole {
		if b != 0 {
			t.Fatalf("byte %d was written by a call that had to fail", i)
		}
	}
}

func TestNewErrors(t *testing.T) {
	for _, size := range []int{0, -1} {
		if _, err := New(size, false); !errors.Is(err, unix.EINVAL) {
			t.Errorf("New(%d): %v, want EINVAL", size, err)
		}
	}
	if _, err := New(1<<60, false); !errors.Is(err, unix.ENOMEM) {
		t.Errorf("New(2^60): %v, want ENOMEM", err)
	}
}
