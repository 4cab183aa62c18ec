package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestRingErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring")
	r, err := ipclab.CreateRing(path, ipclab.QueueOptions{Slots: 2, Size: 8})
	if err != nil {
		t.Fatal(err)
	}
	var none *ipclab.Ring
	record := make([]byte, 8)
	for _, c := range []struct {
		name string
		err  error
		want error
		text string
	}{
		{"name exists", last(ipclab.CreateRing(path)), unix.EEXIST, "UnlinkQueue"},
		{"no power of two", last(ipclab.NewRing(ipclab.QueueOptions{Slots: 3})), unix.EINVAL, "a ring has a power of two"},
		{"size", r.Put(record[:7]), unix.EMSGSIZE, "every record has 8 bytes"},
		{"batch", last(r.GetBatch(nil)), unix.EMSGSIZE, "every record has 8 bytes"},
		{"empty", r.GetWithin(record, time.Millisecond), unix.ETIMEDOUT, "get: ring " + path + ": it was empty for 1ms"},
		{"limit", r.GetWithin(record, -1), unix.EINVAL, "want 0 or more"},
		{"limit", r.PutWithin(record, -1), unix.EINVAL, "want 0 or more"},
		{"nil", none.Put(record), unix.EINVAL, "the handle is nil"},
		{"nil", none.Get(record), unix.EINVAL, "the handle is nil"},
		{"nil", last(none.PutBatch(record)), unix.EINVAL, "the handle is nil"},
		{"nil", last(none.GetBatch(record)), unix.EINVAL, "the handle is nil"},
		{"nil", none.Close(), unix.EINVAL, "the handle is nil"},
		{"nil", none.Detach(), unix.EINVAL, "the handle is nil"},
		{"nil", none.PutInt64(1), unix.EMSGSIZE, ""},
	} {
		if !errors.Is(c.err, c.want) || !strings.Contains(fmt.Sprint(c.err), c.text) {
			t.Errorf("%s: %v; want %v and %q", c.name, c.err, c.want, c.text)
		}
	}
	r.PutInt64(-5)
	r.PutInt64(6)
	if err := r.PutWithin(record, 0); !errors.Is(err, unix.ETIMEDOUT) || !strings.Contains(err.Error(), "it was full") {
		t.Errorf("full: %v", err)
	}
	p := spawn(t, func() {
		if !errors.Is(r.Get(record), unix.EBUSY) || !errors.Is(r.Put(record), unix.EBUSY) {
			unix.Exit(1)
		}
	})
	if status, err := p.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("a third process: %v, %v", status, err)
	}
	r.Close()
	if err := r.Put(record); !errors.Is(err, unix.EPIPE) {
		t.Errorf("closed: %v", err)
	}
	for _, want := range []int64{-5, 6} {
		if n, err := r.GetInt64(); n != want || err != nil {
			t.Errorf("what was there: %d, %v; want %d", n, err, want)
		}
	}
	if _, err := r.GetInt64(); err != io.EOF {
		t.Errorf("closed and empty: %v", err)
	}
	if err := errors.Join(r.Detach(), r.Detach(), ipclab.UnlinkQueue(path)); err != nil {
		t.Errorf("detached twice: %v", err)
	}
	if err := r.Put(record); !errors.Is(err, unix.EBADF) {
		t.Errorf("detached: %v", err)
	}
}

// TestNoGarbage: neither a message nor a record leaves anything to collect.
func TestNoGarbage(t *testing.T) {
	q, err := ipclab.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	defer q.Detach()
	r, err := ipclab.NewRing()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Detach()
	m := make([]byte, q.Size())
	for name, f := range map[string]func(){
		"queue":               func() { q.Put(m); q.Get(m) },
		"queue, numbers":      func() { q.PutInt64(1); q.GetInt64() },
		"queue, with a limit": func() { q.PutWithin(m, time.Second); q.GetWithin(m, time.Second) },
		"ring":                func() { r.Put(m); r.Get(m) },
		"ring, numbers":       func() { r.PutInt64(1); r.GetInt64() },
		"ring, batches":       func() { r.PutBatch(m); r.GetBatch(m) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
