package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
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

func ExampleMkfifo() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "pipe_file")
	old := ipclab.Umask(0o022)
	err := ipclab.Mkfifo(path, 0o666)
	ipclab.Umask(old)
	info, _ := os.Stat(path)

	child, _ := ipclab.Spawn(func() {
		w, _ := ipclab.Open(path, unix.O_WRONLY)
		fmt.Fprintln(w, 5000)
	})
	r, _ := ipclab.Open(path, unix.O_RDONLY) // blocks until the child opens the other side
	var value int
	fmt.Fscan(r, &value)
	r.Close()
	status, _ := child.Wait()
	fmt.Println(info.Mode(), err) // the umask took the others' right to write away
	fmt.Println("value =", value, "child", status)
	// Output:
	// prw-r--r-- <nil>
	// value = 5000 child exited with status 0
}

// A program that reads a file to its end, such as gzip, reads a FIFO just as well, while another process makes the data.
func ExampleMkfifo_gzip() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path, packed := filepath.Join(folder, "pipe_file"), filepath.Join(folder, "file.gz")
	ipclab.Mkfifo(path, 0o600)
	gzip, _ := ipclab.Spawn(func() { // gzip -c9 < pipe_file > file.gz
		in, _ := ipclab.Open(path, unix.O_RDONLY)
		out, _ := ipclab.Open(packed, unix.O_WRONLY|unix.O_CREAT, 0o600)
		ipclab.Dup2(in, 0)
		ipclab.Dup2(out, 1)
		fmt.Fprintln(os.Stderr, ipclab.Exec("gzip", "-c9"))
	})
	w, _ := ipclab.Open(path, unix.O_WRONLY)
	fmt.Fprint(w, strings.Repeat("a line of text\n", 10000))
	w.Close() // end of file for gzip
	status, _ := gzip.Wait()
	size, _ := os.Stat(packed)
	text, _ := exec.Command("gzip", "-dc", packed).Output()
	fmt.Println(status, size.Size() < 1000, len(text))
	// Output: exited with status 0 true 150000
}

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

// fifo makes a FIFO for a test.
func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := ipclab.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// unprivileged runs f without the right to pass over permissions, which root has.
func unprivileged(f func()) {
	const nobody = 65534
	if os.Geteuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread() // file system ids are the thread's
	defer runtime.UnlockOSThread()
	unix.Setfsuid(nobody)
	defer unix.Setfsuid(0)
	f()
}

func TestMkfifoErrors(t *testing.T) {
	path := fifo(t)
	folder := filepath.Dir(path)
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(folder, "locked")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		mode       uint32
		is         unix.Errno
		text       string
	}{
		{"FIFO exists", path, 0o600, unix.EEXIST, "remove it first"},
		{"file exists", file, 0o600, unix.EEXIST, "something else has that name"},
		{"no folder", filepath.Join(folder, "no", "fifo"), 0o600, unix.ENOENT, "os.MkdirAll"},
		{"empty", "", 0o600, unix.ENOENT, "the path is empty"},
		{"file as folder", filepath.Join(file, "fifo"), 0o600, unix.ENOTDIR, "not a folder"},
		{"decimal", filepath.Join(folder, "x"), 600, unix.EINVAL, "in octal: 0o600, not 600"},
		{"long", filepath.Join(folder, strings.Repeat("x", 256)), 0o600, unix.ENAMETOOLONG, "too long"},
		{"NUL", "a\x00b", 0o600, unix.EINVAL, "mkfifo: "},
		{"no permission", filepath.Join(locked, "fifo"), 0o600, unix.EACCES, "may not be written to"},
	} {
		var err error
		unprivileged(func() { err = ipclab.Mkfifo(c.path, c.mode) })
		if c.name != "no permission" {
			err = ipclab.Mkfifo(c.path, c.mode)
		}
		if !errors.Is(err, c.is) || !strings.HasPrefix(err.Error(), "mkfifo: ") || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, err, c.is, c.text)
		}
	}
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

func TestFIFOReaderDies(t *testing.T) {
	path := fifo(t)
	reader := spawn(t, func() {
		ipclab.Open(path, unix.O_RDONLY)
		select {}
	})
	within(t, func() {
		w, err := ipclab.Open(path, unix.O_WRONLY)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		reader.Kill()
		reader.Wait()
		if _, err := w.Write([]byte("x")); !errors.Is(err, unix.EPIPE) {
			t.Errorf("write after the reader was killed: %v, want EPIPE", err)
		}
	})
}

func TestFIFOShortReads(t *testing.T) {
	path := fifo(t)
	r, err := ipclab.Open(path, unix.O_RDONLY|unix.O_NONBLOCK) // at once, though there is no writer
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := make([]byte, 10)
	if n, err := r.Read(p); n != 0 || err != io.EOF {
		t.Errorf("without a writer: %d, %v; want end of file", n, err)
	}
	w, err := ipclab.Open(path, unix.O_WRONLY|unix.O_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(p); !errors.Is(err, unix.EAGAIN) || !strings.Contains(err.Error(), "O_NONBLOCK forbids to wait") {
		t.Errorf("with a writer that wrote nothing: %v, want EAGAIN", err)
	}
	io.WriteString(w, "abc")
	if n, err := r.Read(p); n != 3 || err != nil {
		t.Errorf("read %d, %v; want the 3 bytes that are there", n, err)
	}
	io.WriteString(w, "0123456789x")
	w.Close()
	n, err := r.Read(p)
	m, _ := r.Read(p[:5])
	if n != 10 || m != 1 || err != nil {
		t.Errorf("read %d and %d, %v; want 10 and the byte that was left", n, m, err)
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
