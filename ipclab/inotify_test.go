package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// A file that is written where it is to be read is there before its contents; one that is renamed into its place is whole.
func ExampleWatchFolder() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	watch, _ := ipclab.WatchFolder(folder)
	defer watch.Close()
	os.WriteFile(filepath.Join(folder, "tmp"), []byte("job"), 0o600)
	os.Rename(filepath.Join(folder, "tmp"), filepath.Join(folder, "job"))
	events, err := watch.Next(time.Minute)
	for _, e := range events {
		fmt.Println(e)
	}
	fmt.Println(err)
	// Output:
	// IN_CREATE tmp
	// IN_CLOSE_WRITE tmp
	// IN_MOVED_FROM tmp
	// IN_MOVED_TO job
	// <nil>
}

func TestWatchFolderErrors(t *testing.T) {
	folder := filepath.Dir(lockPath(t))
	locked := filepath.Join(folder, "locked")
	if err := os.Mkdir(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	watch, err := ipclab.WatchFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	var none *ipclab.FolderWatch
	for _, c := range []struct {
		name string
		f    func() error
		is   unix.Errno
		text string
	}{
		{"missing", func() error { _, err := ipclab.WatchFolder(folder + "/x"); return err }, unix.ENOENT, "nothing of that name"},
		{"file", func() error { _, err := ipclab.WatchFolder("/dev/null"); return err }, unix.ENOTDIR, "not a folder"},
		{"no permission", func() (err error) {
			unprivileged(func() { _, err = ipclab.WatchFolder(locked) })
			return err
		}, unix.EACCES, "may not be read"},
		{"nothing happens", func() error { _, err := watch.Next(5 * time.Millisecond); return err }, unix.ETIMEDOUT, "nothing happened within 5ms"},
		{"negative limit", func() error { _, err := watch.Next(-1); return err }, unix.EINVAL, "limit -1ns"},
		{"nil", func() error { _, err := none.Next(0); return err }, unix.EBADF, "closed"},
		{"nil, close", func() error { return none.Close() }, unix.EBADF, "closed"},
	} {
		if err := c.f(); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, err, c.is, c.text)
		}
	}
	os.RemoveAll(folder)
	events, err := watch.Next(20 * time.Second)
	if err != nil || len(events) == 0 || events[len(events)-1].String() != "IN_IGNORED" {
		t.Errorf("the folder was removed: %v, %v", events, err)
	}
	if err := watch.Close(); err != nil {
		t.Error(err)
	}
	if _, err := watch.Next(0); !errors.Is(err, unix.EBADF) {
		t.Errorf("after Close: %v", err)
	}
}
