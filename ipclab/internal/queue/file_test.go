package queue

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestForeignFilesAreRefused(t *testing.T) {
	_, path := create(t, 4, 16)
	good, err := os.ReadFile(path)
	must(t, err)
	change := func(f func(b []byte) []byte) []byte { return f(append([]byte{}, good...)) }
	for name, b := range map[string][]byte{
		"empty":        {},
		"text":         []byte("this is a text that somebody has written, and it is longer than the header of a queue is."),
		"cut":          good[:len(good)-1],
		"header alone": good[:headerLength],
		"longer":       append(append([]byte{}, good...), 0),
		"magic":        change(func(b []byte) []byte { b[7] = 'r'; return b }),
		"version":      change(func(b []byte) []byte { b[atVersion]++; return b }),
		"byte order":   change(func(b []byte) []byte { b[atByteOrder], b[atByteOrder+3] = b[atByteOrder+3], b[atByteOrder]; return b }),
		"no slots":     change(func(b []byte) []byte { b[atSlots] = 0; return b }),
		"more slots":   change(func(b []byte) []byte { b[atSlots]++; return b }),
		"2^32-1 slots": change(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[atSlots:], 1<<32-1); return b }),
		"size":         change(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[atSize:], 1<<31); return b }),
		"file size":    change(func(b []byte) []byte { b[atBytes]++; return b }),
		"reserved":     change(func(b []byte) []byte { b[atZero] = 1; return b }),
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
	other := change(func(b []byte) []byte { b[atNamespace]++; return b })
	must(t, os.WriteFile(path, other, 0o600))
	if _, err := Attach(path); !errors.Is(err, ErrNamespace) {
		t.Errorf("another PID namespace: %v", err)
	}
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
	for _, c := range [][2]int{{0, 1}, {1, 0}, {-1, 1}, {1, MostSize + 1}, {MostSlots + 1, 1}, {MostSlots, MostSize}} {
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

// FuzzHeader: no header makes a geometry that does not fit into the file.
func FuzzHeader(f *testing.F) {
	for _, k := range []kind{queueKind, ringKind} {
		g, err := k.geometry(4, 16)
		must(f, err)
		f.Add(k.header(g, 7), int64(g.bytes))
		f.Add(k.header(g, 0), int64(headerLength))
	}
	f.Fuzz(func(t *testing.T, b []byte, fileSize int64) {
		for _, k := range []kind{queueKind, ringKind} {
			g, err := k.parse(b, fileSize, 7)
			if err == nil && (int64(g.bytes) != fileSize || g.slots < 1 || g.size < 1 || g.stride < g.size || g.first+g.slots*g.stride != g.bytes || g.bytes > mostBytes+g.first) {
				t.Errorf("%+v was accepted for a file of %d bytes", g, fileSize)
			}
		}
	})
}
