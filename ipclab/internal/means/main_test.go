package means

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

// limit is for what takes a moment on an idle machine.
const limit = 2 * time.Minute

// TestMain prepares for Fork: the tests are of several processes.
func TestMain(m *testing.M) {
	if err := fork.Init(); err != nil {
		fmt.Fprintln(os.Stderr, "fork.Init:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// open opens a line, which is closed at the end of the test.
func open(t testing.TB, m *Means, size int) Line {
	t.Helper()
	line, err := m.Open(size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := line.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return line
}

// join forks a child that does work at a side of a line and returns its number.
func join(t testing.TB, m *Means, line Line, side Side, work func(End) error) int {
	t.Helper()
	return child(t, func() error {
		prepare(m)
		end, err := line.Join(side)
		if err != nil {
			return fmt.Errorf("join as %v: %w", side, err)
		}
		if err := work(end); err != nil {
			return fmt.Errorf("%v: %w", side, err)
		}
		return nil
	})
}

// prepare does what a measurement does in its children.
func prepare(m *Means) {
	debug.SetGCPercent(-1)
	if m.Style != Raw {
		return
	}
	runtime.LockOSThread()
	var preemption unix.Sigset_t
	preemption.Val[0] = 1 << (unix.SIGURG - 1)
	unix.PthreadSigmask(unix.SIG_BLOCK, &preemption, nil)
}

// child forks a process that does work; its status is 1 if that returns an error. It is killed at the end of the test.
func child(t testing.TB, work func() error) int {
	t.Helper()
	pid, err := fork.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if pid == 0 {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			unix.Exit(1)
		}
		unix.Exit(0)
	}
	return pid
}

// await waits until children have ended with status 0. When one fails, the others are killed.
func await(t testing.TB, pids ...int) {
	t.Helper()
	killAll := func() {
		for _, pid := range pids {
			unix.Kill(pid, unix.SIGKILL)
		}
	}
	timer := time.AfterFunc(limit, killAll)
	defer timer.Stop()
	for range pids {
		var status unix.WaitStatus
		pid, err := wait(-1, &status)
		if err != nil {
			t.Fatalf("wait: %v", err)
		}
		if !status.Exited() || status.ExitStatus() != 0 {
			t.Errorf("process %d: status %#x", pid, int(status))
			killAll()
		}
	}
}

// wait is wait4(2), also when signals come.
func wait(pid int, status *unix.WaitStatus) (int, error) {
	for {
		got, err := unix.Wait4(pid, status, 0, nil)
		if err != unix.EINTR {
			return got, err
		}
	}
}
