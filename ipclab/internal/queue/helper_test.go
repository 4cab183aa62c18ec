package queue

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

// limit is for what happens at once on an idle machine.
const limit = 20 * time.Second

// child forks a process that does work; its status is 1 if that returns an error.
func child(t testing.TB, work func() error) int {
	t.Helper()
	pid, err := fork.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if pid == 0 {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			unix.Exit(1)
		}
		unix.Exit(0)
	}
	return pid
}

// wait waits for a child and returns how it ended.
func wait(t testing.TB, pid int) unix.WaitStatus {
	t.Helper()
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &status, 0, nil)
		if err == nil {
			return status
		}
		if err != unix.EINTR {
			t.Fatal(err)
		}
	}
}

// create makes a queue in a file of the test's own.
func create(t testing.TB, slots, size int) (*Queue, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "queue")
	q, err := Create(path, slots, size, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Detach() })
	return q, path
}

// anonymous makes a queue without a name.
func anonymous(t testing.TB, slots, size int) *Queue {
	t.Helper()
	q, err := New(slots, size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Detach() })
	return q
}

// must fails the test for an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
