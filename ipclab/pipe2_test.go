package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExamplePipe2() {
	r, w, _ := ipclab.Pipe2(unix.O_DIRECT | unix.O_NONBLOCK)
	defer r.Close()
	defer w.Close()
	fmt.Fprint(w, "one")
	fmt.Fprint(w, "two words")
	p := make([]byte, 100)
	for range 3 {
		n, err := r.Read(p) // a packet each
		fmt.Printf("%q %v\n", p[:n], errors.Is(err, unix.EAGAIN))
	}
	// Output:
	// "one" false
	// "two words" false
	// "" true
}

func ExampleFD_SetPipeSize() {
	r, w, _ := ipclab.Pipe2(unix.O_NONBLOCK)
	defer r.Close()
	defer w.Close()
	fmt.Println(w.PipeSize())
	fmt.Println(w.SetPipeSize(5000)) // rounded up
	n, err := w.Write(make([]byte, 10000))
	fmt.Println(n, errors.Is(err, unix.EAGAIN)) // that is all it holds
	fmt.Println(r.Buffered())
	// Output:
	// 65536 <nil>
	// 8192 <nil>
	// 8192 true
	// 8192 <nil>
}

func ExampleTee() {
	r, w, _ := ipclab.Pipe()
	copies, to, _ := ipclab.Pipe()
	defer r.Close()
	defer copies.Close()
	defer to.Close()
	fmt.Fprint(w, "once")
	w.Close()
	fmt.Println(ipclab.Tee(r, to, 100))
	fmt.Println(ipclab.Splice(r, to, 100)) // moves what Tee left
	p := make([]byte, 100)
	n, _ := copies.Read(p)
	fmt.Println(string(p[:n]))
	fmt.Println(ipclab.Splice(r, to, 100)) // end of file
	// Output:
	// 4 <nil>
	// 4 <nil>
	// onceonce
	// 0 <nil>
}

func TestPipeSizeErrors(t *testing.T) {
	r, w := pipe(t)
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain := ipclab.FD(file.Fd())
	w.Write(make([]byte, 5000))
	for _, c := range []struct {
		name string
		err  error
		is   unix.Errno
		text string
	}{
		{"size of a closed one", last(closed.PipeSize()), unix.EBADF, "fcntl F_GETPIPE_SZ: descriptor 900: bad"},
		{"size of a file", last(plain.PipeSize()), unix.EBADF, "it is open, and not a pipe or FIFO"},
		{"set on a file", last(plain.SetPipeSize(1)), unix.EBADF, "not a pipe or FIFO"},
		{"zero", last(w.SetPipeSize(0)), unix.EINVAL, "0 bytes: want 1 to"},
		{"negative", last(w.SetPipeSize(-1)), unix.EINVAL, "want 1 to"},
		{"huge", last(w.SetPipeSize(1<<31 + 1)), unix.EINVAL, "want 1 to"},
		{"too full", last(r.SetPipeSize(1)), unix.EBUSY, "5000 bytes wait in it"},
		{"buffered in a closed one", last(closed.Buffered()), unix.EBADF, "ioctl FIONREAD: descriptor 900: "},
		{"flags", third(ipclab.Pipe2(unix.O_APPEND)), unix.EINVAL, "pipe2: flags 0x400: want"},
		{"splice of no pipe", last(ipclab.Splice(plain, plain, 1)), unix.EINVAL, "one of the two has to be a pipe"},
		{"splice to itself", last(ipclab.Splice(r, w, 1)), unix.EINVAL, "not both ends of the same"},
		{"splice of a negative number", last(ipclab.Splice(r, w, -1)), unix.EINVAL, "want 0 to"},
		{"splice of a closed one", last(ipclab.Splice(closed, w, 1)), unix.EBADF, "descriptor 900 to"},
		{"tee to a closed one", last(ipclab.Tee(r, -1, 1)), unix.EBADF, "to descriptor -1"},
		{"tee of a file", last(ipclab.Tee(plain, w, 1)), unix.EINVAL, "both have to be pipes"},
	} {
		if !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, c.err, c.is, c.text)
		}
	}
}

// third returns the error of a call with two other results.
func third[A, B any](_ A, _ B, err error) error { return err }

func TestPipeSizeLimit(t *testing.T) {
	const above = 1 << 30
	r, _ := pipe(t)
	if os.Geteuid() != 0 {
		wantPipeLimit(t, last(r.SetPipeSize(above)))
		return
	}
	child := spawn(t, func() { // as root: without the capability, in a process of its own
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		none := [2]unix.CapUserData{}
		runtime.LockOSThread() // capabilities are the thread's
		if err := unix.Capset(&header, &none[0]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		if _, err := r.SetPipeSize(above); !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "/proc/sys/fs/pipe-max-size") {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("1 GiB without privileges: %v, %v", status, err)
	}
}

func wantPipeLimit(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "/proc/sys/fs/pipe-max-size") {
		t.Errorf("1 GiB without privileges: %v, want EPERM", err)
	}
}

func TestPacketLargerThanBuffer(t *testing.T) {
	r, w, err := ipclab.Pipe2(unix.O_DIRECT)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fmt.Fprint(w, "123456")
	fmt.Fprint(w, "next")
	w.Close()
	p := make([]byte, 4)
	n, _ := r.Read(p)
	m, _ := r.Read(p[n:cap(p)])
	n2, err := r.Read(p)
	if n != 4 || m != 0 || string(p[:n2]) != "next" || err != nil {
		t.Errorf("read %d, %d, %q, %v: want 4 bytes of the first packet, then the next", n, m, p[:n2], err)
	}
}

func TestPipe2CloseOnExec(t *testing.T) {
	r, w, err := ipclab.Pipe2(unix.O_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range pair(r, w) {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%v: flags %#x, %v; want FD_CLOEXEC", fd, flags, err)
		}
		fd.Close()
	}
}
