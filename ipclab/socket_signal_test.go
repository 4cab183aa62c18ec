package ipclab_test

import (
	"errors"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/sigaction"
)

// socketWakeSignal is a real-time signal for which the Go runtime has a handler that does nothing.
const socketWakeSignal = 50

// TestSocketCallsGoOnAfterSignal: each of the calls blocks, is interrupted by signals, and does in the end what it should.
func TestSocketCallsGoOnAfterSignal(t *testing.T) {
	if err := sigaction.Interrupts(socketWakeSignal); err != nil {
		t.Fatal(err)
	}
	l, name := listenAt(t, unix.AF_UNIX, "@", 0)
	full, fullName := listenAt(t, unix.AF_UNIX, "@", 0)
	first := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	if err := first.Connect(fullName); err != nil {
		t.Fatal(err)
	}
	a, b := newSocketpair(t, unix.SOCK_STREAM)
	c, d := newSocketpair(t, unix.SOCK_SEQPACKET)
	client := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	for _, s := range []struct {
		name          string
		number        int
		call, release func() error
	}{
		{"accept", unix.SYS_ACCEPT4, func() error { s, _, err := l.Accept(); return errors.Join(err, s.Close()) },
			func() error { return client.Connect(name) }},
		{"connect", unix.SYS_CONNECT, func() error { return newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Connect(fullName) },
			func() error { s, _, err := full.Accept(); return errors.Join(err, s.Close()) }},
		{"recv", unix.SYS_RECVFROM, func() error { _, err := a.Recv(make([]byte, 1)); return err },
			func() error { return second(b.Send([]byte("x"))) }},
		{"recvmsg", unix.SYS_RECVMSG, func() error { _, _, err := c.RecvFDs(make([]byte, 1), 1); return err },
			func() error { return d.SendFDs([]byte("x")) }},
	} {
		thread, done := make(chan int, 1), make(chan error, 1)
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			thread <- unix.Gettid()
			done <- s.call()
		}()
		tid := <-thread
		for range 3 {
			awaitCall(t, tid, s.number)
			if err := unix.Tgkill(os.Getpid(), tid, socketWakeSignal); err != nil {
				t.Fatal(err)
			}
		}
		awaitCall(t, tid, s.number)
		if err := s.release(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if err := <-done; err != nil {
			t.Errorf("%s after signals: %v", s.name, err)
		}
	}
}

// TestTCPConnectGoesOnAfterSignal: interrupted, a TCP connect may not be made again, so it is waited for.
func TestTCPConnectGoesOnAfterSignal(t *testing.T) {
	if err := sigaction.Interrupts(socketWakeSignal); err != nil {
		t.Fatal(err)
	}
	l, name := listenAt(t, unix.AF_INET, "127.0.0.1:0", 0)
	if err := newSocket(t, unix.AF_INET, unix.SOCK_STREAM).Connect(name); err != nil { // fills the backlog
		t.Fatal(err)
	}
	c := newSocket(t, unix.AF_INET, unix.SOCK_STREAM)
	thread, done := make(chan int, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread <- unix.Gettid()
		done <- c.Connect(name)
	}()
	tid := <-thread
	for _, call := range []int{unix.SYS_CONNECT, unix.SYS_PPOLL, unix.SYS_PPOLL} {
		awaitCall(t, tid, call)
		if err := unix.Tgkill(os.Getpid(), tid, socketWakeSignal); err != nil {
			t.Fatal(err)
		}
	}
	first, _, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	closeSocketsAtEnd(t, first)
	if err := <-done; err != nil { // when TCP tries again, within a second or two
		t.Errorf("connect after signals: %v", err)
	}
	if name2, err := c.Getpeername(); name2 != name || err != nil {
		t.Errorf("connected to %q, %v", name2, err)
	}
}
