package handlers

import (
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

func TestMain(m *testing.M) {
	if err := fork.Init(); err != nil {
		fmt.Fprintln(os.Stderr, "fork.Init:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child runs f in a child that takes signals, and fails the test unless it returns "".
func child(t *testing.T, f func() string) {
	t.Helper()
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	pid, err := fork.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if pid == 0 {
		said := "Claim failed"
		if err := Claim(); err == nil {
			said = f()
		}
		unix.Write(ends[1], []byte(said))
		unix.Exit(0)
	}
	unix.Close(ends[1])
	text := make([]byte, 1000)
	n, err := -1, error(unix.EINTR)
	for err == unix.EINTR {
		n, err = unix.Read(ends[0], text)
	}
	var status unix.WaitStatus
	for err = unix.EINTR; err == unix.EINTR; {
		_, err = unix.Wait4(pid, &status, 0, nil)
	}
	if n != 0 || status != 0 {
		t.Errorf("%s (status %#x)", text[:max(n, 0)], uint32(status))
	}
}

func TestClaimOnlyInChild(t *testing.T) {
	if err := Claim(); err != ErrNotChild {
		t.Errorf("Claim: %v, want %v", err, ErrNotChild)
	}
	if Here() || Claimed() {
		t.Error("a process that Fork did not make takes signals")
	}
}

// TestSignalJustBeforeCall: a signal that comes when a call is about to begin has its function run while the call waits,
// and does not end it, as a handler that ran before would not have.
func TestSignalJustBeforeCall(t *testing.T) {
	for range 20 {
		child(t, func() string {
			var ends [2]int
			if err := unix.Pipe2(ends[:], 0); err != nil {
				return err.Error()
			}
			ran := false
			_ = SetAction(int(unix.SIGUSR1), Action{Handler: func(*Info) { ran = true }})
			_, again, err := Call(func() (int, error) {
				unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGUSR1)
				return unix.Read(ends[0], make([]byte, 1))
			})
			if !ran || err != unix.EINTR || !again {
				return fmt.Sprintf("ran %v, %v, again %v; want true, EINTR, true", ran, err, again)
			}
			return ""
		})
	}
}

func TestNothingIsNotedTwice(t *testing.T) {
	child(t, func() string {
		const signals = 1000
		sum, depth, deepest := 0, 0, 0
		_ = SetAction(50, Action{Flags: NoDefer, Handler: func(i *Info) {
			depth++
			deepest = max(deepest, depth)
			sum += i.Value()
			depth--
		}})
		for i := range signals {
			if err := Queue(unix.Getpid(), 50, NewInfo(50, -1, unix.Getpid(), 0, i)); err != nil {
				return err.Error()
			}
			if i%100 == 0 { // those in between come where Go code is, one at a time until it asks
				Run()
			}
		}
		SetMask(0)
		if want := signals * (signals - 1) / 2; sum != want {
			return fmt.Sprintf("sum of the values %d, want %d", sum, want)
		}
		return ""
	})
}

// TestPark: a wait of Go's own is woken on each signal, also by one that came just before it.
func TestPark(t *testing.T) {
	child(t, func() string {
		ran := 0
		_ = SetAction(int(unix.SIGUSR1), Action{Handler: func(*Info) { ran++ }})
		for want := 1; want <= 50; want++ {
			before := want%2 == 0
			if before {
				unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGUSR1)
			}
			wake, leave := Park()
			if !before {
				go unix.Kill(unix.Getpid(), unix.SIGUSR1)
			}
			select {
			case <-wake:
			case <-time.After(10 * time.Second):
				return "not woken"
			}
			leave()
			Run()
			if ran != want {
				return fmt.Sprintf("ran %d times, want %d", ran, want)
			}
		}
		others := make(chan bool)
		go func() {
			wake, _ := Park()
			others <- wake == nil
		}()
		if !<-others {
			return "another goroutine is told of signals"
		}
		return ""
	})
}

func TestTakeable(t *testing.T) {
	for _, sig := range []int{9, 11, 16, 19, 23, 27, 32, 33, 40, 41, 43} {
		if Takeable().Has(sig) {
			t.Errorf("signal %d can be taken", sig)
		}
	}
	for _, sig := range []int{1, 2, 10, 12, 13, 14, 15, 17, 34, 42, 64} {
		if !Takeable().Has(sig) {
			t.Errorf("signal %d cannot be taken", sig)
		}
	}
	if s := Set(0); s.Has(0) || s.Has(65) || ^s != ^Set(0) || (^s).Has(0) || (^s).Has(65) {
		t.Error("signals 0 and 65 are in a set")
	}
}

func TestInfo(t *testing.T) {
	i := NewInfo(34, -1, 812, 1000, -7)
	if i.Signal() != 34 || i.Code() != -1 || i.Pid() != 812 || i.UID() != 1000 || i.Value() != -7 {
		t.Errorf("signal %d, code %d, pid %d, uid %d, value %d", i.Signal(), i.Code(), i.Pid(), i.UID(), i.Value())
	}
}
