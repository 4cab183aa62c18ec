package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestQueueErrors(t *testing.T) {
	folder := t.TempDir()
	path, text := filepath.Join(folder, "queue"), filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no queue ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	q, err := ipclab.CreateQueue(path, ipclab.QueueOptions{Slots: 2, Size: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Detach()
	var none *ipclab.Queue
	create := func(path string, o ...ipclab.QueueOptions) error {
		_, err := ipclab.CreateQueue(path, o...)
		return err
	}
	attach := func(path string) error { _, err := ipclab.AttachQueue(path); return err }
	for _, c := range []struct {
		name string
		err  error
		want error
		text string
	}{
		{"name exists", create(path), unix.EEXIST, "UnlinkQueue"},
		{"no folder", create(folder + "/no/queue"), unix.ENOENT, "os.MkdirAll"},
		{"no path", create(""), unix.ENOENT, ""},
		{"slots", create(text+"2", ipclab.QueueOptions{Slots: -1}), unix.EINVAL, "-1 slots: want 1 to 1048576"},
		{"size", create(text+"2", ipclab.QueueOptions{Size: 1<<20 + 1}), unix.EINVAL, "want 1 to 1048576"},
		{"too much", create(text+"2", ipclab.QueueOptions{Slots: 1 << 20, Size: 1 << 20}), unix.EINVAL, "in all"},
		{"permissions", create(text+"2", ipclab.QueueOptions{Permissions: 0o10600}), unix.EINVAL, "0o600, not 600"},
		{"options twice", create(text+"2", ipclab.QueueOptions{}, ipclab.QueueOptions{}), unix.EINVAL, "2 times"},
		{"name missing", attach(folder + "/none"), unix.ENOENT, "nothing of that name"},
		{"foreign file", attach(text), unix.EINVAL, `begins with "no queue"`},
		{"folder", attach(folder), unix.EISDIR, ""},
		{"device", attach("/dev/null"), unix.EINVAL, "not a file that"},
		{"unlink foreign", ipclab.UnlinkQueue(text), unix.EINVAL, "not a file that"},
		{"unlink missing", ipclab.UnlinkQueue(folder + "/none"), unix.ENOENT, ""},
		{"ring", last(ipclab.AttachRing(path)), unix.EINVAL, `begins with "ipclab-q"`},
		{"too long", q.Put([]byte("12345")), unix.EMSGSIZE, "5 bytes, the queue's have at most 4"},
		{"negative limit", q.PutWithin(nil, -1), unix.EINVAL, "want 0 or more"},
		{"negative limit", last(q.GetWithin(nil, -1)), unix.EINVAL, "want 0 or more"},
		{"empty", last(q.GetWithin(nil, 0)), unix.ETIMEDOUT, "get: queue " + path + ": no message was there for 0s"},
		{"nil", none.Put(nil), unix.EINVAL, "the handle is nil"},
		{"nil", last(none.Get(nil)), unix.EINVAL, "the handle is nil"},
		{"nil", none.Close(), unix.EINVAL, "the handle is nil"},
		{"nil", none.Detach(), unix.EINVAL, "the handle is nil"},
		{"nil", last(none.State()), unix.EINVAL, "the handle is nil"},
	} {
		if !errors.Is(c.err, c.want) || !strings.Contains(fmt.Sprint(c.err), c.text) {
			t.Errorf("%s: %v; want %v and %q", c.name, c.err, c.want, c.text)
		}
	}
	if none.Size() != 0 || none.Slots() != 0 {
		t.Error("a nil queue has a size")
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 2 {
		t.Errorf("left in the folder: %v", entries)
	}
}

func TestQueueMessages(t *testing.T) {
	q, err := ipclab.NewQueue(ipclab.QueueOptions{Slots: 3, Size: 16})
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4)
	q.Put([]byte("longer"))
	if _, err := q.Get(buffer); !errors.Is(err, unix.EMSGSIZE) || !strings.Contains(err.Error(), "6 bytes, the buffer 4") {
		t.Errorf("a short buffer: %v", err)
	}
	if n, err := q.Get(make([]byte, q.Size())); n != 6 || err != nil {
		t.Errorf("after that: %d, %v", n, err)
	}
	for _, n := range []int64{0, -1, 1 << 62} {
		if err := q.PutInt64(n); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int64{0, -1, 1 << 62} {
		if n, err := q.GetInt64(); n != want || err != nil {
			t.Errorf("%d, %v; want %d", n, err, want)
		}
	}
	q.Put([]byte("abc"))
	if _, err := q.GetInt64(); !errors.Is(err, unix.EBADMSG) {
		t.Errorf("text as a number: %v", err)
	}
	q.Put(nil)
	if err := errors.Join(q.Close(), q.Close()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if err := q.PutInt64(1); !errors.Is(err, unix.EPIPE) {
		t.Errorf("put after it was closed: %v", err)
	}
	s, err := q.State()
	if err != nil || s.Messages != 1 || s.Put != 6 || s.Taken != 5 || !s.Closed || s.Holder != 0 || !strings.Contains(s.String(), "nobody") {
		t.Errorf("%+v, %v", s, err)
	}
	if n, err := q.Get(buffer); n != 0 || err != nil {
		t.Errorf("an empty message: %d, %v", n, err)
	}
	if _, err := q.Get(buffer); err != io.EOF {
		t.Errorf("closed and empty: %v", err)
	}
	if err := errors.Join(q.Detach(), q.Detach()); err != nil {
		t.Errorf("detached twice: %v", err)
	}
	for _, err := range []error{q.Put(nil), last(q.Get(buffer)), q.Close(), last(q.State())} {
		if !errors.Is(err, unix.EBADF) {
			t.Errorf("detached: %v", err)
		}
	}
}

func TestQueuePermissions(t *testing.T) {
	const nobody = 65534
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "queue")
	q, err := ipclab.CreateQueue(path)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Detach()
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	done := make(chan error, 2)
	go func() { // on a thread of its own, which ends with it
		runtime.LockOSThread()
		unix.Setfsuid(nobody)
		_, err := ipclab.AttachQueue(path)
		done <- err
		_, err = ipclab.CreateQueue(path + "2")
		done <- err
	}()
	for _, what := range []string{"attach", "create"} {
		if err := <-done; !errors.Is(err, unix.EACCES) {
			t.Errorf("%s as somebody else: %v", what, err)
		}
	}
}

// TestQueueOnFullDisk: the room is taken when the queue is made, and a queue that finds none leaves nothing.
func TestQueueOnFullDisk(t *testing.T) {
	folder := t.TempDir()
	const cannotMount = 77
	p := spawn(t, func() {
		runtime.LockOSThread()
		if unix.Unshare(unix.CLONE_NEWNS) != nil || unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") != nil ||
			unix.Mount("tmpfs", folder, "tmpfs", 0, "size=64k") != nil {
			unix.Exit(cannotMount)
		}
		_, err := ipclab.CreateQueue(folder+"/queue", ipclab.QueueOptions{Slots: 1024, Size: 1024})
		entries, _ := os.ReadDir(folder)
		if !errors.Is(err, unix.ENOSPC) || len(entries) != 0 {
			fmt.Fprintln(os.Stderr, err, entries)
			unix.Exit(1)
		}
		_, err = ipclab.CreateQueue(folder + "/small")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			unix.Exit(1)
		}
	})
	status, err := p.Wait()
	if err == nil && status.ExitCode() == cannotMount {
		t.Log("a small disk cannot be mounted here")
		return
	}
	if err != nil || status.ExitCode() != 0 {
		t.Errorf("%v, %v", status, err)
	}
}

// TestQueueThroughSignals: signals interrupt waits, and waits go on.
func TestQueueThroughSignals(t *testing.T) {
	q, err := ipclab.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	defer q.Detach()
	p := spawn(t, func() {
		if n, err := q.GetInt64(); n != 7 || err != nil {
			fmt.Fprintln(os.Stderr, n, err)
			unix.Exit(1)
		}
	})
	within(t, func() {
		for range 20 {
			for s, _ := q.State(); s.WaitingToGet == 0; s, _ = q.State() {
				time.Sleep(100 * time.Microsecond)
			}
			unix.Kill(p.Pid(), unix.SIGURG) // the Go runtime has a handler for it
		}
		q.PutInt64(7)
		if status, err := p.Wait(); err != nil || status.ExitCode() != 0 {
			t.Errorf("%v, %v", status, err)
		}
	})
}
