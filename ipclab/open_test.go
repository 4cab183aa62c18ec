package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/sigaction"
)

func ExampleOpenWithin() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "fifo")
	ipclab.Mkfifo(path, 0o600)
	_, err := ipclab.OpenWithin(path, unix.O_RDONLY, 10*time.Millisecond)
	fmt.Println(errors.Is(err, unix.ETIMEDOUT), strings.Contains(err.Error(), "nobody opened it for writing within 10ms"))
	_, err = ipclab.Open(path, unix.O_WRONLY|unix.O_NONBLOCK)
	fmt.Println(errors.Is(err, unix.ENXIO), strings.Contains(err.Error(), "no process has the FIFO open for reading"))
	// Output:
	// true true
	// true true
}

func TestOpenErrors(t *testing.T) {
	path := fifo(t)
	folder := filepath.Dir(path)
	secret := filepath.Join(folder, "secret")
	if err := errors.Join(ipclab.Mkfifo(secret, 0), os.Chmod(filepath.Dir(folder), 0o755), os.Chmod(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		open func() (ipclab.FD, error)
		is   unix.Errno
		text string
	}{
		{"missing", func() (ipclab.FD, error) { return ipclab.Open(path+"x", unix.O_RDONLY) }, unix.ENOENT, "has nothing of that name"},
		{"nonblocking writer", func() (ipclab.FD, error) { return ipclab.Open(path, unix.O_WRONLY|unix.O_NONBLOCK) }, unix.ENXIO, "for writing, O_NONBLOCK: no process has the FIFO open for reading"},
		{"exists", func() (ipclab.FD, error) { return ipclab.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600) }, unix.EEXIST, "open: "},
		{"folder", func() (ipclab.FD, error) { return ipclab.Open(folder, unix.O_WRONLY) }, unix.EISDIR, "open: "},
		{"permissions alone", func() (ipclab.FD, error) { return ipclab.Open(path, unix.O_RDONLY, 0o600) }, unix.EINVAL, "give O_CREAT too"},
		{"permissions twice", func() (ipclab.FD, error) { return ipclab.Open(path, unix.O_CREAT, 0o600, 0o600) }, unix.EINVAL, "given 2 times"},
		{"wrong permissions", func() (ipclab.FD, error) { return ipclab.Open(path, unix.O_CREAT, 0o10000) }, unix.EINVAL, "want at most"},
		{"negative limit", func() (ipclab.FD, error) { return ipclab.OpenWithin(path, unix.O_RDONLY, -1) }, unix.EINVAL, "limit -1ns"},
		{"create within", func() (ipclab.FD, error) { return ipclab.OpenWithin(path, unix.O_CREAT, 1) }, unix.EINVAL, "use Open"},
		{"missing within", func() (ipclab.FD, error) { return ipclab.OpenWithin(path+"x", unix.O_RDONLY, time.Minute) }, unix.ENOENT, "nothing of that name"},
		{"no reader", func() (ipclab.FD, error) { return ipclab.OpenWithin(path, unix.O_WRONLY, time.Millisecond) }, unix.ETIMEDOUT, "nobody opened it for reading within 1ms"},
		{"no writer", func() (ipclab.FD, error) { return ipclab.OpenWithin(path, unix.O_RDONLY, 0) }, unix.ETIMEDOUT, "nobody opened it for writing within 0s"},
		{"forbidden", func() (fd ipclab.FD, err error) {
			unprivileged(func() { fd, err = ipclab.OpenWithin(secret, unix.O_RDONLY, time.Minute) })
			return fd, err
		}, unix.EACCES, "the FIFO's permissions are 0"},
	} {
		fd, err := c.open()
		if fd != -1 || !errors.Is(err, c.is) || !strings.HasPrefix(err.Error(), "open: ") || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %d, %v, want %v and %q", c.name, int(fd), err, c.is, c.text)
		}
	}
}

func TestOpenWithinMeets(t *testing.T) {
	path := fifo(t)
	writer := spawn(t, func() {
		w, err := ipclab.OpenWithin(path, unix.O_WRONLY, time.Minute)
		if err != nil {
			os.Exit(1)
		}
		io.WriteString(w, "met")
	})
	within(t, func() {
		r, err := ipclab.OpenWithin(path, unix.O_RDONLY, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		said, err := io.ReadAll(r)
		if status, e := writer.Wait(); string(said) != "met" || err != nil || e != nil || status.ExitCode() != 0 {
			t.Errorf("read %q, %v; writer %v, %v", said, err, status, e)
		}
	})
}

// TestOpenWithinLeavesOthersWaiting: a reader that gives up must not look like a writer to one that goes on waiting.
func TestOpenWithinLeavesOthersWaiting(t *testing.T) {
	path := fifo(t)
	opened := make(chan ipclab.FD, 1)
	thread := make(chan int, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread <- unix.Gettid()
		fd, _ := ipclab.Open(path, unix.O_RDONLY)
		opened <- fd
	}()
	awaitCall(t, <-thread, unix.SYS_OPENAT)
	if _, err := ipclab.OpenWithin(path, unix.O_RDONLY, 5*time.Millisecond); !errors.Is(err, unix.ETIMEDOUT) {
		t.Fatal(err)
	}
	select {
	case <-opened:
		t.Error("the other reader's open returned without a writer")
	default:
	}
	w, err := ipclab.OpenWithin(path, unix.O_WRONLY, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	(<-opened).Close()
}

// awaitCall returns when a thread of this process is blocked in a system call.
func awaitCall(t *testing.T, thread, call int) {
	t.Helper()
	within(t, func() {
		want := strconv.Itoa(call) + " "
		for {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", thread))
			if strings.HasPrefix(string(text), want) {
				return
			}
			runtime.Gosched()
		}
	})
}

func TestOpenGoesOnAfterSignal(t *testing.T) {
	const harmless = 50 // a real-time signal for which the Go runtime has a handler that does nothing
	path := fifo(t)
	if err := sigaction.Interrupts(harmless); err != nil {
		t.Fatal(err)
	}
	thread := make(chan int, 1)
	opened := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread <- unix.Gettid()
		r, err := ipclab.Open(path, unix.O_RDONLY)
		opened <- errors.Join(err, r.Close())
	}()
	tid := <-thread
	for range 3 {
		awaitCall(t, tid, unix.SYS_OPENAT)
		if err := unix.Tgkill(os.Getpid(), tid, harmless); err != nil {
			t.Fatal(err)
		}
	}
	w, err := ipclab.OpenWithin(path, unix.O_WRONLY, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := <-opened; err != nil {
		t.Errorf("an open that signals interrupted: %v", err)
	}
}

func TestOpenCreates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	old := ipclab.Umask(0o077)
	w, err := ipclab.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o666)
	if back := ipclab.Umask(old); back != 0o077 {
		t.Errorf("Umask returned %#o, want 077", back)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v; want permissions 0600 after the umask", info.Mode(), err)
	}
}
