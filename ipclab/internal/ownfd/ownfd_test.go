package ownfd_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/ownfd"
	"ipclab/runtime/fork"
)

func TestMain(m *testing.M) {
	if err := fork.Init(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// keep makes two connected sockets, of which the first is kept.
func keep(t *testing.T) (kept, other int) {
	t.Helper()
	kept, other, err := ownfd.KeepPair(func() ([2]int, error) {
		return unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(other) })
	return kept, other
}

func open(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

func TestKeepAndDrop(t *testing.T) {
	before := open(t)
	a, otherA := keep(t)
	b, _ := keep(t)
	if a < 256 || b < 256 || otherA >= 256 {
		t.Errorf("kept %d and %d, other %d", a, b, otherA)
	}
	again, err := unix.Dup(a)
	if err != nil {
		t.Fatal(err)
	}
	ownfd.Drop(a)
	if n, err := unix.Read(otherA, make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("the other end reads %d, %v though a duplicate is open; want the end", n, err)
	}
	unix.Close(again)
	ownfd.Drop(b)
	if now := open(t); now != before+2 { // the others
		t.Errorf("%d descriptors are open, before it were %d", now, before)
	}
}

func TestKeepOfNothing(t *testing.T) {
	before := open(t)
	want := errors.New("as asked")
	if fd, err := ownfd.Keep(func() (int, error) { return -1, want }); fd != -1 || err != want {
		t.Errorf("%d, %v", fd, err)
	}
	if now := open(t); now != before {
		t.Errorf("%d descriptors are open, before it were %d", now, before)
	}
}

// TestInChild: what was kept is at its end in a child, and what the child does to it does not touch the parent's.
func TestInChild(t *testing.T) {
	kept, other := keep(t)
	unix.Write(other, []byte("for the parent"))
	pid, err := fork.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if pid == 0 {
		n, err := unix.Read(kept, make([]byte, 1))
		ownfd.Drop(kept)
		if n != 0 || err != nil {
			unix.Exit(1)
		}
		unix.Exit(0)
	}
	var status unix.WaitStatus
	for _, err = unix.Wait4(pid, &status, 0, nil); err == unix.EINTR; {
		_, err = unix.Wait4(pid, &status, 0, nil)
	}
	if err != nil || status.ExitStatus() != 0 {
		t.Errorf("the child: %v, %v", status, err)
	}
	p := make([]byte, 20)
	if n, err := unix.Read(kept, p); string(p[:n]) != "for the parent" {
		t.Errorf("the parent reads %q, %v", p[:n], err)
	}
	ownfd.Drop(kept)
}
