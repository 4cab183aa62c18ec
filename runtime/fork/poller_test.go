//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The child's poller is its own: what it stops watching the parent goes on to watch.
func TestPollerIsNotShared(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan error)
	go func() {
		c, err := l.Accept()
		if err == nil {
			err = c.Close()
		}
		accepted <- err
	}()
	inChild(t, func() int {
		l.Close() // also ends the copy of the goroutine
		if err := <-accepted; err == nil {
			return complain("accepted a connection")
		}
		return 0
	})
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	select {
	case err := <-accepted:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(stepLimit):
		t.Fatal("the parent's poller does not report a connection")
	}
}

// A goroutine that waits for the poller when the process is copied is woken by the child's.
func TestWaitGoesOnInChild(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	got := make(chan string)
	go func() {
		b := make([]byte, 10)
		n, err := r.Read(b)
		if err != nil {
			got <- err.Error()
			return
		}
		got <- string(b[:n])
	}()
	awaitStacks(t, "fork.TestWaitGoesOnInChild.func1", 1)
	awaitStacks(t, "[IO wait", 1)
	ready, start, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	c, err := spawn(func() int {
		start.Close()
		ready.Read(make([]byte, 1)) // until the parent's goroutine reads no more
		w.WriteString("word")
		if s := <-got; s != "word" {
			return complain("read %q", s)
		}
		return 0
	})
	if err != nil {
		t.Fatal(err)
	}
	r.SetReadDeadline(time.Now())
	if s := <-got; s != "read |0: i/o timeout" {
		t.Errorf("in the parent: %q", s)
	}
	start.Close()
	if err := c.expect(0); err != nil {
		t.Error(err)
	}
}

// More descriptors than the buffer for what the kernel tells of the poller has room for at first. In the
// child each of them wakes a goroutine that waits for it.
func TestManyWatches(t *testing.T) {
	const pipes = 400
	var ends [pipes][2]*os.File
	for i := range ends {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		defer w.Close()
		ends[i] = [2]*os.File{r, w}
	}
	for range 5 {
		inChild(t, func() int {
			read := make(chan error)
			for _, p := range ends {
				p[0].SetReadDeadline(time.Now().Add(stepLimit))
				go func() {
					_, err := io.ReadFull(p[0], make([]byte, 1))
					read <- err
				}()
			}
			for _, p := range ends {
				p[1].Write([]byte{1})
			}
			for range ends {
				if err := <-read; err != nil {
					return complain("%v", err)
				}
			}
			return 0
		})
	}
	if len(buffers.watches) <= firstWatches {
		t.Errorf("the buffer of %d bytes was not too small", len(buffers.watches))
	}
}

// Init finds the runtime's poller among other epoll instances and eventfds, and children have the others
// as they were.
func TestOtherEpolls(t *testing.T) {
	runHelper(t, childLimit, "epolls")
}

func init() {
	helpers["epolls"] = func([]string) int {
		epolls := make([]int, 2)
		makeOne := func(i int) error {
			fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
			if err != nil {
				return err
			}
			event, err := unix.Eventfd(1, unix.EFD_CLOEXEC)
			if err != nil {
				return err
			}
			epolls[i] = fd
			return unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, event, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)})
		}
		if err := makeOne(0); err != nil {
			return complain("%v", err)
		}
		if err := echo(stepLimit); err != nil { // the runtime makes its poller
			return complain("%v", err)
		}
		if err := makeOne(1); err != nil {
			return complain("%v", err)
		}
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		err := run(func() int {
			for i, fd := range epolls {
				events := make([]unix.EpollEvent, 1)
				if n, err := unix.EpollWait(fd, events, 0); n != 1 || events[0].Fd != int32(i) {
					return complain("epoll instance %d: %d events, %v, %v", i, n, events, err)
				}
			}
			if err := workOut(); err != nil {
				return complain("%v", err)
			}
			return 0
		}, 0)
		if err != nil {
			return complain("%v", err)
		}
		return 0
	}
}

// A descriptor that was closed behind the runtime's back is still watched if a child has the file open.
// Its number may belong to another file by now.
func TestStaleWatch(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := number(r)
	if err != nil {
		t.Fatal(err)
	}
	holder, err := spawn(func() int { // keeps r open
		time.Sleep(childLimit)
		return 0
	})
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(int(fd))
	var other [2]*os.File
	other[0], other[1], err = os.Pipe() // has the number
	if err != nil {
		t.Fatal(err)
	}
	if now, err := number(other[0]); now != fd {
		t.Fatalf("the number is %d, not %d; %v", now, fd, err)
	}
	inChild(t, func() int {
		got := make(chan error)
		go func() {
			other[0].SetReadDeadline(time.Now().Add(stepLimit))
			_, err := other[0].Read(make([]byte, 1))
			got <- err
		}()
		other[1].Write([]byte{1})
		if err := <-got; err != nil {
			return complain("%v", err)
		}
		return 0
	})
	unix.Kill(holder.pid, unix.SIGKILL)
	holder.await()
	w.Close()
	other[0].Close()
	other[1].Close()
	r.Close() // closes a number that is free now
}

// Before a goroutine of the child runs, the descriptor is another: one that waits for it in the parent sees
// only what the replacement has to say.
func TestReplaceInChild(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[1])
	defer unix.Close(ended[0])
	unix.Close(ended[1])
	f := os.NewFile(uintptr(pair[0]), "requests")
	defer f.Close()
	ReplaceInChild(pair[0], ended[0])
	defer ReplaceInChild(pair[0], -1)

	got := make(chan string)
	go func() {
		b := make([]byte, 10)
		for {
			n, err := f.Read(b)
			if err != nil {
				got <- err.Error()
				return
			}
			got <- string(b[:n])
		}
	}()
	for range 10 {
		inChild(t, func() int {
			if s := <-got; s != io.EOF.Error() {
				return complain("read %q", s)
			}
			if flags, err := unix.FcntlInt(uintptr(pair[0]), unix.F_GETFD, 0); flags != unix.FD_CLOEXEC {
				return complain("descriptor flags %d, %v", flags, err)
			}
			if err := run(func() int { return 0 }, 0); err != nil { // and in theirs
				return complain("%v", err)
			}
			return 0
		})
		unix.Write(pair[1], []byte("word"))
		if s := <-got; s != "word" {
			t.Errorf("in the parent: read %q", s)
		}
	}
}
