package bounds_test

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
)

// child starts a program that runs until the test ends.
func child(t testing.TB, arguments ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(arguments[0], arguments[1:]...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(c) })
	return c
}

func end(c *exec.Cmd) {
	_ = c.Process.Kill()
	_ = c.Wait()
}

func limit(t testing.TB, most int) {
	t.Helper()
	if err := bounds.Limit(os.Getpid(), most); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bounds.Limit(os.Getpid(), math.MaxInt) })
}

func TestAdmitWithoutALimit(t *testing.T) {
	if err := bounds.Admit(); err != nil {
		t.Error(err)
	}
}

// TestAdmit plays the kernel process: the runtime process, which it does not have, is one of those that there may be.
func TestAdmit(t *testing.T) {
	limit(t, 4)
	child(t, "sleep", "100")
	child(t, "sleep", "100")
	if err := bounds.Admit(); err != nil {
		t.Fatalf("with room for one: %v", err)
	}
	third := child(t, "sleep", "100")
	err := bounds.Admit()
	if !errors.Is(err, unix.EAGAIN) || !strings.Contains(err.Error(), "already 4 processes, as many as IPCLAB_PROCESSES allows:") {
		t.Errorf("without room: %v", err)
	}
	end(third)
	if err := bounds.Admit(); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestAdmitCountsZombies(t *testing.T) {
	limit(t, 2)
	c := child(t, "true")
	for end := time.Now().Add(10 * time.Second); len(bounds.Living([]int{c.Process.Pid})) > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if err := bounds.Admit(); err == nil || !strings.Contains(err.Error(), "1 of them have ended") {
		t.Errorf("got %v", err)
	}
}

func TestWithdrawMakesRoom(t *testing.T) {
	limit(t, 5)
	for range 100 {
		if err := bounds.Admit(); err != nil {
			t.Fatal(err)
		}
		bounds.Withdraw()
	}
}

func TestLookFindsGrandchildrenButNoMoreThanAsked(t *testing.T) {
	shell := child(t, "/bin/sh", "-c", "sleep 100 & sleep 100 & wait")
	var f bounds.Family
	for end := time.Now().Add(10 * time.Second); len(f.Made) < 3 && time.Now().Before(end); {
		f = bounds.Look(os.Getpid(), 100)
	}
	if len(f.Made) != 3 || !slices.Contains(f.Made, shell.Process.Pid) || len(f.Own) != 0 {
		t.Errorf("got %+v, want the shell %d and two below it", f, shell.Process.Pid)
	}
	if few := bounds.Look(os.Getpid(), 0); len(few.Made) == 0 {
		t.Errorf("got %+v, want at least one, which is one more than asked for", few)
	}
	for _, pid := range f.Made[1:] {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

func BenchmarkAdmit(b *testing.B) {
	limit(b, 512)
	for b.Loop() {
		if err := bounds.Admit(); err != nil {
			b.Fatal(err)
		}
		bounds.Withdraw()
	}
}

func BenchmarkLook(b *testing.B) {
	child(b, "sleep", "100")
	for b.Loop() {
		bounds.Look(os.Getpid(), 512)
	}
}
