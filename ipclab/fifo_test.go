package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
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
