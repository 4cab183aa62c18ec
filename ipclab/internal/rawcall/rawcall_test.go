package rawcall

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/sys/unix"
)

func TestThroughPipe(t *testing.T) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	if err := WriteFull(ends[1], []byte("hello")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if err := ReadFull(ends[0], got[:2]); err != nil {
		t.Fatal(err)
	}
	if err := ReadFull(ends[0], got[2:]); err != nil || !bytes.Equal(got, []byte("hello")) {
		t.Errorf("read %q, %v", got, err)
	}
	if err := WriteFull(ends[1], []byte("abc")); err != nil {
		t.Fatal(err)
	}
	unix.Close(ends[1])
	if err := ReadFull(ends[0], got); err != io.EOF || !bytes.Equal(got[:3], []byte("abc")) {
		t.Errorf("cut message: %q, %v; want io.EOF", got, err)
	}
	if err := ReadFull(ends[1], got); err != unix.EBADF {
		t.Errorf("read of a closed descriptor: %v, want EBADF", err)
	}
	if err := WriteFull(ends[1], got); err != unix.EBADF {
		t.Errorf("write to a closed descriptor: %v, want EBADF", err)
	}
	if err := ReadFull(ends[0], nil); err != nil {
		t.Errorf("read of nothing: %v", err)
	}
}
