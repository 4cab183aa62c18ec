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

// A server makes a lock file before it binds to port 80, and a second server sees whose it is.
func ExampleNewLockFile() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "http_80")
	lock, first := ipclab.NewLockFile(path)
	r, w, _ := ipclab.Pipe()
	second, _ := ipclab.Spawn(func() {
		_, err := ipclab.NewLockFile(path)
		holder, _ := ipclab.ReadLockFile(path)
		fmt.Fprintln(w, errors.Is(err, unix.EEXIST), holder.Pid == unix.Getppid(), holder.State)
	})
	second.Wait()
	w.Close()
	said, _ := io.ReadAll(r)
	r.Close()

	fmt.Println(lock.Owner().Pid == os.Getpid(), first)
	fmt.Print(string(said))
	fmt.Println(lock.Unlock())
	_, err := os.Stat(path)
	fmt.Println(os.IsNotExist(err))
	// Output:
	// true <nil>
	// true true alive
	// <nil>
	// true
}

// A lock whose owner died without removing it is stale, and the next one takes it over.
func ExampleNewLockFile_stale() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "http_80")
	server, _ := ipclab.Spawn(func() {
		ipclab.NewLockFile(path)
		unix.Kill(os.Getpid(), unix.SIGKILL)
	})
	server.Wait()
	left, _ := ipclab.ReadLockFile(path)
	lock, err := ipclab.NewLockFile(path)
	fmt.Println(left.Pid == server.Pid(), left.State, lock.Owner().State, err)
	lock.Unlock()
	// Output: true gone alive <nil>
}

// lockPath returns a path for a lock file in a folder that others may use too.
func lockPath(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, f := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(f, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "lock")
}

func TestLockFileErrors(t *testing.T) {
	path := lockPath(t)
	held, err := ipclab.NewLockFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	other := filepath.Join(folder, "other")
	for name, text := range map[string]string{"other": "hello\n", "binary": "\x00\x00", "foreign": "1-1-1-b-elsewhere\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := ipclab.Mkfifo(filepath.Join(folder, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    func() error
		is   unix.Errno
		text string
	}{
		{"held", func() error { _, err := ipclab.NewLockFile(path); return err }, unix.EEXIST, "held by process"},
		{"held, limit", func() error { _, err := ipclab.NewLockFileWithin(path, 10*time.Millisecond); return err }, unix.ETIMEDOUT, "not free within 10ms"},
		{"negative limit", func() error { _, err := ipclab.NewLockFileWithin(path, -1); return err }, unix.EINVAL, "limit -1ns"},
		{"other file", func() error { _, err := ipclab.NewLockFile(other); return err }, unix.EINVAL, "is no lock file"},
		{"binary file", func() error { _, err := ipclab.NewLockFile(filepath.Join(folder, "binary")); return err }, unix.EINVAL, "is no lock file"},
		{"FIFO", func() error { _, err := ipclab.NewLockFile(filepath.Join(folder, "fifo")); return err }, unix.EINVAL, "is no lock file"},
		{"of another machine", func() error { _, err := ipclab.NewLockFile(filepath.Join(folder, "foreign")); return err }, unix.EEXIST, "elsewhere, unknown"},
		{"no folder", func() error { _, err := ipclab.NewLockFile(path + "/no/lock"); return err }, unix.ENOTDIR, "not a folder"},
		{"missing folder", func() error { _, err := ipclab.NewLockFile(folder + "/no/lock"); return err }, unix.ENOENT, "os.MkdirAll"},
		{"empty path", func() error { _, err := ipclab.NewLockFile(""); return err }, unix.ENOENT, "the path is empty"},
		{"read missing", func() error { _, err := ipclab.ReadLockFile(path + "x"); return err }, unix.ENOENT, "nothing of that name"},
		{"nil", func() error { return (*ipclab.LockFile)(nil).Unlock() }, unix.EINVAL, "NewLockFile makes one"},
		{"no permission", func() (err error) {
			unprivileged(func() { _, err = ipclab.NewLockFile(path + "x") })
			return err
		}, unix.EACCES, "the permissions"},
		{"no permission, held", func() (err error) {
			unprivileged(func() { _, err = ipclab.NewLockFile(path) })
			return err
		}, unix.EEXIST, "held by process"},
	} {
		if err := c.f(); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, err, c.is, c.text)
		}
	}
	child := spawn(t, func() {
		if !errors.Is(held.Unlock(), unix.EPERM) {
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("a child could unlock: %v, %v", status, err)
	}
	if err := held.Unlock(); err != nil {
		t.Error(err)
	}
	if err := held.Unlock(); !errors.Is(err, unix.ENOENT) {
		t.Errorf("unlocked twice: %v", err)
	}
	if text, err := os.ReadFile(other); string(text) != "hello\n" {
		t.Errorf("another's file was changed: %q, %v", text, err)
	}
}

// TestLockFileRemovedByHand: who unlocks late does not remove another's lock.
func TestLockFileRemovedByHand(t *testing.T) {
	path := lockPath(t)
	late, err := ipclab.NewLockFile(path)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	staleLock(t, path)
	if err := late.Unlock(); !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), "another has taken the name") {
		t.Errorf("unlocked: %v", err)
	}
	if left, err := ipclab.ReadLockFile(path); err != nil || left.Pid == os.Getpid() {
		t.Errorf("%v, %v", left, err)
	}
}
