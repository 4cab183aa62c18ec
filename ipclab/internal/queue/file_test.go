package queue

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue/layout"
)

// TestForeignFilesAreRefused: that of headers is in package layout.
func TestForeignFilesAreRefused(t *testing.T) {
	_, path := create(t, 4, 16)
	good, err := os.ReadFile(path)
	must(t, err)
	for name, b := range map[string][]byte{
		"empty":  {},
		"text":   []byte("this is a text that somebody has written, and it is longer than the header of a queue is."),
		"cut":    good[:len(good)-1],
		"longer": append(append([]byte{}, good...), 0),
	} {
		foreign := filepath.Join(t.TempDir(), "foreign")
		must(t, os.WriteFile(foreign, b, 0o600))
		if q, err := Attach(foreign); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v, %v; want ErrForeign", name, q, err)
		}
		if err := Remove(foreign); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: Remove: %v, want ErrForeign", name, err)
		}
	}
	const inNamespace = 32
	good[inNamespace]++
	must(t, os.WriteFile(path, good, 0o600))
	if _, err := Attach(path); !errors.Is(err, ErrNamespace) {
		t.Errorf("another PID namespace: %v", err)
	}
	must(t, Remove(path))
}

func TestOtherKindsOfFile(t *testing.T) {
	folder := t.TempDir()
	fifo := filepath.Join(folder, "fifo")
	must(t, unix.Mkfifo(fifo, 0o600))
	for _, path := range []string{fifo, "/dev/null"} {
		if _, err := Attach(path); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Attach(folder); !errors.Is(err, unix.EISDIR) {
		t.Errorf("a folder: %v", err)
	}
	r, err := CreateRing(filepath.Join(folder, "ring"), 4, 8, 0o600)
	must(t, err)
	defer r.Detach()
	if _, err := Attach(filepath.Join(folder, "ring")); !errors.Is(err, ErrForeign) {
		t.Errorf("a ring as a queue: %v", err)
	}
}

func TestCreateErrors(t *testing.T) {
	_, path := create(t, 4, 16)
	if _, err := Create(path, 4, 16, 0o600); !errors.Is(err, unix.EEXIST) {
		t.Errorf("a name that exists: %v", err)
	}
	if _, err := Create(filepath.Join(path, "x"), 4, 16, 0o600); !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("a folder that is a file: %v", err)
	}
	for _, c := range [][2]int{{0, 1}, {1, 0}, {-1, 1}, {1, layout.MostSize + 1}, {layout.MostSlots + 1, 1}, {layout.MostSlots, layout.MostSize}} {
		if _, err := New(c[0], c[1]); !errors.Is(err, unix.EINVAL) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := NewRing(3, 8); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a ring of 3: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

// TestCreateNamed is for file systems that have no files without names.
func TestCreateNamed(t *testing.T) {
	folder := t.TempDir()
	g, err := queueKind.geometry(4, 16)
	must(t, err)
	for _, want := range []error{nil, unix.EEXIST} {
		memory, err := queueKind.createNamed(filepath.Join(folder, "queue"), g, 0o600)
		if !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
		if err == nil {
			must(t, unix.Munmap(memory))
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

// TestNonsenseInTheFile: whatever is written into a queue's file while it is in use, operations return.
func TestNonsenseInTheFile(t *testing.T) {
	q, path := create(t, 4, 16)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer file.Close()
	buffer := make([]byte, 16)
	write := func(at int64, b ...byte) {
		_, err := file.WriteAt(b, at)
		must(t, err)
	}
	write(64, 0xff, 0xff, 0xff, 0x7f, 1) // a process that cannot be holds the lock
	must(t, q.Put([]byte("a"), limit))
	write(192, 17) // the message is longer than its slot
	if _, err := q.Get(buffer, 0); err != ErrDamaged {
		t.Errorf("a length out of bounds: %v", err)
	}
	must(t, q.Put([]byte("b"), limit))
	if n, err := q.Get(buffer, 0); err != nil || string(buffer[:n]) != "b" {
		t.Errorf("the next message: %q, %v", buffer[:n], err)
	}
	write(80, 0xff) // more taken than put
	if err := q.Put(nil, 0); err != ErrDamaged {
		t.Errorf("Put: %v", err)
	}
	if _, err := q.Get(buffer, 0); err != ErrDamaged {
		t.Errorf("Get: %v", err)
	}
}

// TestFileIsCut: memory beyond the end of the file is an error, not the end of the process, and leaves no lock behind.
func TestFileIsCut(t *testing.T) {
	q, path := create(t, 4, 16)
	must(t, os.Truncate(path, 0))
	if err := q.Put(nil, 0); err != ErrCut {
		t.Errorf("Put: %v", err)
	}
	if _, err := q.Get(nil, 0); err != ErrCut {
		t.Errorf("Get: %v", err)
	}
	if err := q.Close(); err != ErrCut {
		t.Errorf("Close: %v", err)
	}
	if status := wait(t, child(t, func() error { return nil })); status != 0 {
		t.Errorf("a fork after that: %v", status)
	}
	must(t, q.Detach())
}

// TestRingIsCut: the same for a ring.
func TestRingIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring")
	r, err := CreateRing(path, 4, 8, 0o600)
	must(t, err)
	b := make([]byte, 8)
	must(t, r.Put(b, 0))
	must(t, r.Get(b, 0))
	must(t, os.Truncate(path, 0))
	for name, err := range map[string]error{
		"Put": r.Put(b, 0), "Get": r.Get(b, 0), "PutBatch": last(r.PutBatch(b, 0)), "GetBatch": last(r.GetBatch(b, 0)), "Close": r.Close(),
	} {
		if err != ErrCut {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, r.Detach())
}

// last returns the error of a call that returns another value too.
func last(_ int, err error) error { return err }

// TestMessageIsCut: a message in memory that is not there is an error too, and leaves the queue as it was.
func TestMessageIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "message")
	must(t, os.WriteFile(path, make([]byte, 16), 0o600))
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer file.Close()
	message, err := mapShared(int(file.Fd()), 16)
	must(t, err)
	defer unix.Munmap(message)
	must(t, file.Truncate(0))
	q := anonymous(t, 4, 16)
	if err := q.Put(message, 0); err != ErrCut {
		t.Errorf("Put: %v", err)
	}
	must(t, q.Put([]byte("whole"), 0))
	if _, err := q.Get(message, 0); err != ErrCut {
		t.Errorf("Get: %v", err)
	}
	if got := drain(t, q); got != "whole" {
		t.Errorf("there is %q", got)
	}
	if s, err := q.State(); err != nil || s.Recovered != 0 || s.Holder != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}
