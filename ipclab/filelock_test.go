package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// Two processes count in one file; the lock makes reading, adding and writing one step.
func ExampleFD_Flock() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "count")
	count := func() {
		for range 100 {
			fd, _ := ipclab.Open(path, unix.O_RDWR|unix.O_CREAT)
			fd.Flock(unix.LOCK_EX)
			var n int
			fmt.Fscan(fd, &n)
			unix.Pwrite(int(fd), []byte(fmt.Sprintln(n+1)), 0)
			fd.Close() // unlocks
		}
	}
	a, _ := ipclab.Spawn(count)
	b, _ := ipclab.Spawn(count)
	a.Wait()
	b.Wait()
	text, _ := os.ReadFile(path)
	fmt.Print(string(text))
	// Output: 200
}

// Records of a file are locked one by one.
func ExampleFD_SetLock() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "accounts")
	fd, _ := ipclab.Open(path, unix.O_RDWR|unix.O_CREAT)
	defer fd.Close()
	fd.SetLock(ipclab.RangeLock{Type: unix.F_WRLCK, Start: 100, Len: 50})
	r, w, _ := ipclab.Pipe()
	other, _ := ipclab.Spawn(func() {
		err := fd.SetLock(ipclab.RangeLock{Type: unix.F_RDLCK, Start: 149, Len: 1})
		held, _ := fd.GetLock(ipclab.RangeLock{Type: unix.F_RDLCK, Start: 149, Len: 1})
		fmt.Fprintln(w, errors.Is(err, unix.EAGAIN), held.Start, held.Len, held.Pid == unix.Getppid())
		fmt.Fprintln(w, fd.SetLock(ipclab.RangeLock{Type: unix.F_WRLCK, Start: 150, Len: 50}))
	})
	other.Wait()
	w.Close()
	said, _ := io.ReadAll(r)
	r.Close()
	fmt.Print(string(said))
	// Output:
	// true 100 50 true
	// <nil>
}

// lockedFile opens a file of a test.
func lockedFile(t *testing.T, path string) ipclab.FD {
	t.Helper()
	fd, err := ipclab.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fd.Close() })
	return fd
}

func TestFileLockErrors(t *testing.T) {
	path := lockPath(t)
	a, b := lockedFile(t, path), lockedFile(t, path)
	if err := errors.Join(a.Flock(unix.LOCK_EX), a.SetLock(ipclab.RangeLock{Type: unix.F_WRLCK, Len: 10, OFD: true})); err != nil {
		t.Fatal(err)
	}
	all := ipclab.RangeLock{Type: unix.F_WRLCK, OFD: true}
	readOnly, err := ipclab.Open(path, unix.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	for _, c := range []struct {
		name string
		f    func() error
		is   unix.Errno
		text string
	}{
		{"flock held", func() error { return b.Flock(unix.LOCK_SH | unix.LOCK_NB) }, unix.EAGAIN, "LOCK_SH|LOCK_NB: another holds it"},
		{"flock within", func() error { return b.FlockWithin(unix.LOCK_EX, 5*time.Millisecond) }, unix.ETIMEDOUT, "did not let it go within 5ms"},
		{"flock negative", func() error { return b.FlockWithin(unix.LOCK_EX, -1) }, unix.EINVAL, "limit -1ns"},
		{"flock wrong", func() error { return b.Flock(77) }, unix.EINVAL, "operation 0x4d: want unix.LOCK_SH"},
		{"flock closed", func() error { return ipclab.FD(1 << 20).Flock(unix.LOCK_EX) }, unix.EBADF, "descriptor 1048576"},
		{"fcntl held", func() error { return b.SetLock(all) }, unix.EAGAIN, "F_WRLCK, from byte 0 on, OFD: another holds it"},
		{"fcntl within", func() error { return b.SetLockWithin(all, 5*time.Millisecond) }, unix.ETIMEDOUT, "within 5ms"},
		{"fcntl negative", func() error { return b.SetLockWithin(all, -1) }, unix.EINVAL, "limit -1ns"},
		{"fcntl type", func() error { return b.SetLock(ipclab.RangeLock{Type: 9}) }, unix.EINVAL, "want the type unix.F_RDLCK"},
		{"fcntl range", func() error { return b.SetLock(ipclab.RangeLock{Type: unix.F_RDLCK, Start: -1}) }, unix.EINVAL, "bytes from 0 on"},
		{"fcntl read-only", func() error { return readOnly.SetLock(ipclab.RangeLock{Type: unix.F_WRLCK, Start: 50}) }, unix.EBADF, "F_WRLCK"},
		{"fcntl closed", func() error { return ipclab.FD(-1).SetLockWait(all) }, unix.EBADF, "descriptor -1"},
		{"GetLock closed", func() error { _, err := ipclab.FD(-1).GetLock(all); return err }, unix.EBADF, "descriptor -1"},
	} {
		if err := c.f(); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, err, c.is, c.text)
		}
	}
	if l, err := b.GetLock(all); err != nil || l.Type != unix.F_WRLCK || l.Len != 10 || !l.OFD || l.Pid != -1 {
		t.Errorf("GetLock: %+v, %v", l, err)
	}
	if l, err := b.GetLock(ipclab.RangeLock{Type: unix.F_WRLCK, Start: 10, OFD: true}); err != nil || l.Type != unix.F_UNLCK {
		t.Errorf("GetLock of a free range: %+v, %v", l, err)
	}
}

// TestLockWaitSurvivesSignals: a wait for a lock that a signal interrupts goes on until the lock is free.
func TestLockWaitSurvivesSignals(t *testing.T) {
	for _, c := range []struct {
		name string
		call int
		lock func(fd ipclab.FD) error
	}{
		{"Flock", unix.SYS_FLOCK, func(fd ipclab.FD) error { return fd.Flock(unix.LOCK_EX) }},
		{"FlockWithin", unix.SYS_FLOCK, func(fd ipclab.FD) error { return fd.FlockWithin(unix.LOCK_EX, time.Minute) }},
		{"SetLockWait", unix.SYS_FCNTL, func(fd ipclab.FD) error { return fd.SetLockWait(ipclab.RangeLock{Type: unix.F_WRLCK}) }},
		{"SetLockWithin, OFD", unix.SYS_FCNTL, func(fd ipclab.FD) error {
			return fd.SetLockWithin(ipclab.RangeLock{Type: unix.F_WRLCK, OFD: true}, time.Minute)
		}},
	} {
		path := lockPath(t)
		holder := lockedFile(t, path)
		if err := errors.Join(holder.Flock(unix.LOCK_EX), holder.SetLock(ipclab.RangeLock{Type: unix.F_WRLCK, OFD: true})); err != nil {
			t.Fatal(err)
		}
		waiter := spawn(t, func() {
			fd, err := ipclab.Open(path, unix.O_RDWR)
			if err != nil || c.lock(fd) != nil {
				os.Exit(1)
			}
		})
		awaitCallOf(t, waiter.Pid(), c.call)
		waiter.Signal(unix.SIGURG) // which has a handler
		awaitCallOf(t, waiter.Pid(), c.call)
		holder.Flock(unix.LOCK_UN)
		holder.SetLock(ipclab.RangeLock{Type: unix.F_UNLCK, OFD: true})
		within(t, func() {
			if status, err := waiter.Wait(); err != nil || status.ExitCode() != 0 {
				t.Errorf("%s: the waiter %v, %v", c.name, status, err)
			}
		})
	}
}
