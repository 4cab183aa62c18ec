package ipclab_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/reserve"
)

func ExamplePipe() {
	r, w, err := ipclab.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	fmt.Fprintln(w, 5000)
	w.Close()

	var value int
	fmt.Fscan(r, &value)
	fmt.Println("value =", value)
	_, err = fmt.Fscan(r, &value) // no write end is open any more
	fmt.Println(err)
	// Output:
	// value = 5000
	// EOF
}

func ExampleFD_Write() {
	r, w, _ := ipclab.Pipe()
	defer w.Close()
	r.Close()
	_, err := w.Write([]byte("nobody can read this"))
	fmt.Println(errors.Is(err, unix.EPIPE))
	// Output: true
}

func ExampleDup2() {
	r, w, _ := ipclab.Pipe()
	stdin, _ := unix.Dup(0) // so that standard input can be put back

	ipclab.Dup2(r, 0)
	r.Close() // 0 goes on referring to the read end
	fmt.Fprintln(w, 5000)
	var value int
	fmt.Scan(&value)
	fmt.Println("value =", value)

	ipclab.Dup2(ipclab.FD(stdin), 0)
	ipclab.FD(stdin).Close()
	w.Close()
	// Output: value = 5000
}

func ExampleError() {
	err := ipclab.FD(-1).Close()
	fmt.Println(err)
	fmt.Println(errors.Is(err, unix.EBADF))
	// Output:
	// close: descriptor -1: bad file descriptor (EBADF)
	// true
}

// pipe makes a pipe for a test and closes what is left of it afterwards.
func pipe(t *testing.T) (r, w ipclab.FD) {
	t.Helper()
	r, w, err := ipclab.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	whole := target(r)
	t.Cleanup(func() {
		for _, fd := range pair(r, w) {
			if target(fd) == whole { // the number may have been closed and used again
				fd.Close()
			}
		}
	})
	return r, w
}

// target returns what fd refers to, as /proc has it; "" if it is not open.
func target(fd ipclab.FD) string {
	s, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", int(fd)))
	return s
}

// closed is the number of a descriptor that is not open. It is far from those that other code may open meanwhile.
const closed = ipclab.FD(900)

func TestDescriptorErrors(t *testing.T) {
	r, w := pipe(t)
	huge := 1<<32 + int(r) // cut to 32 bits, as the kernel does, it would be r
	for _, c := range []struct {
		name string
		err  error
		text string
		is   unix.Errno
	}{
		{"read closed", second(closed.Read(make([]byte, 1))), "read: descriptor 900: bad file descriptor (EBADF)", unix.EBADF},
		{"read negative", second(ipclab.FD(-1).Read(make([]byte, 1))), "read: descriptor -1: bad file descriptor (EBADF)", unix.EBADF},
		{"read write end", second(w.Read(make([]byte, 1))), fmt.Sprintf("read: descriptor %d: bad file descriptor (EBADF)", int(w)), unix.EBADF},
		{"write read end", second(r.Write([]byte("x"))), fmt.Sprintf("write: descriptor %d: bad file descriptor (EBADF)", int(r)), unix.EBADF},
		{"close closed", closed.Close(), "close: descriptor 900: bad file descriptor (EBADF)", unix.EBADF},
		{"read huge", second(ipclab.FD(huge).Read(make([]byte, 1))), fmt.Sprintf("read: descriptor %d: bad file descriptor (EBADF)", huge), unix.EBADF},
		{"write huge", second(ipclab.FD(huge).Write([]byte("x"))), fmt.Sprintf("write: descriptor %d: bad file descriptor (EBADF)", huge), unix.EBADF},
		{"close huge", ipclab.FD(huge).Close(), fmt.Sprintf("close: descriptor %d: bad file descriptor (EBADF)", huge), unix.EBADF},
		{"dup2 closed", ipclab.Dup2(closed, 901), "dup2: descriptor 900: bad file descriptor (EBADF)", unix.EBADF},
		{"dup2 closed to itself", ipclab.Dup2(closed, closed), "dup2: descriptor 900: bad file descriptor (EBADF)", unix.EBADF},
		{"dup2 from negative", ipclab.Dup2(-1, 901), "dup2: descriptor -1: bad file descriptor (EBADF)", unix.EBADF},
		{"dup2 to negative", ipclab.Dup2(r, -1), "dup2: descriptor -1: bad file descriptor (EBADF)", unix.EBADF},
		{"dup2 to huge", ipclab.Dup2(r, ipclab.FD(huge)), fmt.Sprintf("dup2: descriptor %d: bad file descriptor (EBADF)", huge), unix.EBADF},
		{"dup2 beyond the limit", ipclab.Dup2(r, math.MaxInt32), fmt.Sprintf("dup2: descriptor %d: bad file descriptor (EBADF)", math.MaxInt32), unix.EBADF},
	} {
		if c.err == nil || c.err.Error() != c.text || !errors.Is(c.err, c.is) {
			t.Errorf("%s: %v, want %s", c.name, c.err, c.text)
		}
	}
	if err := ipclab.Dup2(r, r); err != nil {
		t.Errorf("Dup2 of an open descriptor to itself: %v", err)
	}
}

// second returns the error of a read or write.
func second(_ int, err error) error { return err }

func TestReservedDescriptors(t *testing.T) {
	r, _ := pipe(t)
	const null = 950 // stays reserved: a number that no other test comes to
	if err := unix.Dup3(int(r), null, 0); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(null)
	reserve.Descriptors(null)
	for _, err := range []error{ipclab.FD(null).Close(), ipclab.Dup2(r, ipclab.FD(null))} {
		if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "kernel") {
			t.Errorf("on a reserved descriptor: %v, want EPERM", err)
		}
	}
	// Whoever closes everything from 3 up must not hit the poller, or the next pipe of package os would fail.
	refused := 0
	for fd := ipclab.FD(3); fd < 64; fd++ {
		if name := target(fd); strings.HasPrefix(name, "anon_inode:[event") {
			if err := fd.Close(); !errors.Is(err, unix.EPERM) {
				t.Errorf("close of the runtime's %s: %v, want EPERM", name, err)
			}
			refused++
		}
	}
	if refused < 2 {
		t.Errorf("%d descriptors of the Go runtime found, want its epoll instance and its eventfd", refused)
	}
}

func TestPipeOrderAndSize(t *testing.T) {
	r, w := pipe(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<14) // 256 KiB: four times what the pipe holds
	done := make(chan error, 1)
	go func() {
		_, err := w.Write(want)
		done <- errors.Join(err, w.Close())
	}()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, %v; want the %d written", len(got), err, len(want))
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestPipeIsInheritedByExec(t *testing.T) {
	for _, fd := range pair(pipe(t)) {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC != 0 {
			t.Errorf("%v: flags %#x, %v; want no FD_CLOEXEC, as pipe(2)", fd, flags, err)
		}
	}
}

// pair makes an array of two descriptors.
func pair(r, w ipclab.FD) []ipclab.FD { return []ipclab.FD{r, w} }

func TestPipeLimit(t *testing.T) {
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	r, w, err := ipclab.Pipe()
	if e := unix.Setrlimit(unix.RLIMIT_NOFILE, &old); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, unix.EMFILE) || err.Error() != "pipe: too many open files (EMFILE)" || r != -1 || w != -1 {
		t.Errorf("Pipe without free descriptors: %d, %d, %v", r, w, err)
	}
}
