package queue

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/futex"
)

// TestKilledAtEachStep: whatever a process was doing when it died, the next one goes on at once, with all messages that
// count.
func TestKilledAtEachStep(t *testing.T) {
	for _, c := range []struct {
		step      Step
		get       bool
		want      string // what is in the queue afterwards; it was "first" before
		recovered uint32
	}{
		{HoldingLock, false, "first", 1},
		{BetweenReserve, false, "first", 1},
		{AfterCommit, false, "first second", 1},
		{HoldingLock, true, "first", 1},
		{BetweenReserve, true, "first", 1},
		{AfterCommit, true, "", 1},
	} {
		q := anonymous(t, 4, 16)
		must(t, q.Put([]byte("first"), 0))
		pid := child(t, func() error {
			q.KillAt = c.step
			if c.get {
				_, err := q.Get(make([]byte, 16), limit)
				return err
			}
			return q.Put([]byte("second"), limit)
		})
		if status := wait(t, pid); !status.Signaled() || status.Signal() != unix.SIGKILL {
			t.Fatalf("%+v: the child was to be killed: %v", c, status)
		}
		must(t, q.Put([]byte("end"), limit))
		if got := drain(t, q); got != strings.TrimSpace(c.want+" end") {
			t.Errorf("%+v: there is %q", c, got)
		}
		s, err := q.State()
		if err != nil || s.Recovered != c.recovered || s.LastDead != pid || s.Holder != 0 {
			t.Errorf("%+v: %+v, %v; the dead process was %d", c, s, err, pid)
		}
		checkWhole(t, q)
	}
}

// TestKilledBeforeWake: a wake that never came is made good.
func TestKilledBeforeWake(t *testing.T) {
	q := anonymous(t, 1, 16)
	waits := child(t, func() error { _, err := q.Get(make([]byte, 16), limit); return err })
	asleepIn(t, q)
	killed := child(t, func() error { q.KillAt = BeforeWake; return q.Put(nil, limit) })
	if status := wait(t, killed); !status.Signaled() {
		t.Errorf("the child was to be killed: %v", status)
	}
	if status := wait(t, waits); status != 0 {
		t.Errorf("the child that waited: %v", status)
	}
}

// TestStoppedHolder: a holder that lives is waited for, within the limit; when it dies, the lock can be had.
func TestStoppedHolder(t *testing.T) {
	q := anonymous(t, 1, 16)
	pid := child(t, func() error {
		lockOf(q.control).TakeOver(0, self()) // it takes the lock as it is free
		unix.Kill(unix.Getpid(), unix.SIGSTOP)
		select {}
	})
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child was to stop: %v, %v", status, err)
	}
	if err := q.Put(nil, 10*time.Millisecond); err != ErrTime {
		t.Errorf("the holder is stopped: %v", err)
	}
	if s, err := q.State(); err != nil || s.Holder.Pid() != pid || s.Recovered != 0 {
		t.Errorf("%+v, %v; %d holds the lock", s, err, pid)
	}
	unix.Kill(pid, unix.SIGKILL)
	must(t, unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)) // a zombie is dead
	must(t, q.Put(nil, limit))
	wait(t, pid)
}

// TestSuspect: who has had the lock for a slice of time is looked into, however often signals have cut the wait short.
func TestSuspect(t *testing.T) {
	const dead, other = futex.Owner(1<<31 - 2), futex.Owner(1<<31 - 3)
	for _, c := range []struct {
		name   string
		before futex.Owner
		ago    time.Duration
		holder futex.Owner
		want   futex.Owner
	}{
		{"the lock is free", dead, time.Minute, 0, 0},
		{"a new holder", other, time.Minute, dead, 0},
		{"not yet", dead, -time.Hour, dead, 0},
		{"for long", dead, lockSlice, dead, dead},
		{"others wait by now", dead, lockSlice, dead.Waited(), dead.Waited()},
		{"alive", self(), lockSlice, self(), 0},
	} {
		o := operation{holder: c.before, since: time.Now().Add(-c.ago)}
		if got := o.suspect(c.holder); got != c.want {
			t.Errorf("%s: %#x, want %#x", c.name, got, c.want)
		}
	}
}

// TestForkInTheMiddle: processes copied while a goroutine is anywhere in Put or Get are whole processes, and make no
// message that nobody has put.
func TestForkInTheMiddle(t *testing.T) {
	q := anonymous(t, 4, 4096)
	stop := make(chan bool)
	work := func(done chan<- error) {
		m := make([]byte, 4096)
		for i := byte(0); ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			m[0], m[len(m)-1] = i, i
			// Without limits: a copy that ends after its Put, or before its Get, leaves others a message too many.
			if err := q.Put(m, 0); err != nil && err != ErrTime {
				done <- err
				return
			}
			if _, err := q.Get(m, 0); err != nil && err != ErrTime || m[0] != m[len(m)-1] {
				done <- fmt.Errorf("there is %d ... %d, %v", m[0], m[len(m)-1], err)
				return
			}
		}
	}
	done := make(chan error, 2)
	go work(done)
	go work(done)
	for range 30 {
		pid := child(t, func() error { // both goroutines go on here, too
			select {
			case err := <-done:
				return err
			case <-time.After(2 * time.Millisecond):
				return nil
			}
		})
		if status := wait(t, pid); status != 0 {
			t.Errorf("a child: %v", status)
		}
	}
	close(stop)
	must(t, <-done)
	must(t, <-done)
}

// drain takes all that is there.
func drain(t *testing.T, q *Queue) string {
	t.Helper()
	var words []string
	for {
		buffer := make([]byte, q.Size())
		n, err := q.Get(buffer, 0)
		if err == ErrTime {
			return strings.Join(words, " ")
		}
		must(t, err)
		words = append(words, string(buffer[:n]))
	}
}

// checkWhole fails if an empty queue has lost a slot.
func checkWhole(t *testing.T, q *Queue) {
	t.Helper()
	for range q.Slots() {
		must(t, q.Put([]byte("x"), 0))
	}
	if err := q.Put([]byte("x"), 0); err != ErrTime {
		t.Errorf("a full queue: %v", err)
	}
	drain(t, q)
}
