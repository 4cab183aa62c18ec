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

// TestExperimentsWithoutCompiler: what is missing is said, and nothing is left.
func TestExperimentsWithoutCompiler(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	t.Setenv("TMPDIR", folder)
	if _, err := ipclab.CourseQueue(); !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), "apt-get install gcc libc6-dev") {
		t.Errorf("CourseQueue: %v", err)
	}
	s, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 100, Rounds: 1})
	if err != nil || len(s.Rows()) != 3 || !strings.Contains(s.String(), "apt-get install gcc libc6-dev") {
		t.Errorf("QueueSpeed: %v, %v", s, err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left: %v", entries)
	}
}

func TestQueueSpeedErrors(t *testing.T) {
	for _, o := range []ipclab.QueueSpeedOptions{
		{Messages: -1}, {Size: -1}, {Slots: -1}, {Rounds: -1}, {Rounds: 1001}, {Limit: -1}, {CPUs: []int{0, 0, 0}}, {CPUs: []int{-1}}, {CPUs: []int{1023}},
	} {
		if _, err := ipclab.QueueSpeed(o); !errors.Is(err, unix.EINVAL) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	if _, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 10_000_000, Limit: 50 * time.Millisecond}); !errors.Is(err, unix.ETIMEDOUT) {
		t.Errorf("a limit that is too short: %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left: %v", entries)
	}
}

// TestQueueExperimentKilled: whoever is killed in the middle of a measurement leaves no process.
func TestQueueExperimentKilled(t *testing.T) {
	r, w := pipe(t)
	p := spawn(t, func() { // the processes of the experiment have w open, too
		os.Setenv("PATH", "/nowhere")
		ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 50_000_000, Limit: time.Minute})
	})
	w.Close()
	within(t, func() {
		for ended := false; !ended && children(p.Pid()) < 2; {
			time.Sleep(100 * time.Microsecond)
			_, ended = p.Status()
		}
		p.Kill()
		p.Wait()
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("read %d, %v; want end of file", n, err)
		}
	})
}

// children returns how many children a process has.
func children(pid int) int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	n := 0
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		n += len(strings.Fields(string(text)))
	}
	return n
}
