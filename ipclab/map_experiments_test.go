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

func ExampleLostUpdates() {
	t, err := ipclab.LostUpdates(ipclab.LostUpdatesOptions{Processes: 3, Updates: 10_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows()[1:] { // the first, load and store, loses more or fewer, as chance has it
		fmt.Printf("%s: %d updates, lost: %v\n", r.Method, r.Updates, r.Lost > 0)
	}
	// Output:
	// spin lock: 30000 updates, lost: false
	// compare and swap: 30000 updates, lost: false
	// atomic add: 30000 updates, lost: false
}

func ExampleTwoAddresses() {
	t, err := ipclab.TwoAddresses()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Printf("%s: by the offset %d, by the address %d, in this mapping: %v, SIGSEGV: %v\n", r.Process, r.AtOffset, r.Found, r.Inside, r.Fault)
	}
	// Output:
	// this one, first mapping: by the offset 5000, by the address 5000, in this mapping: true, SIGSEGV: false
	// this one, second mapping: by the offset 5000, by the address 5000, in this mapping: false, SIGSEGV: false
	// another one: by the offset 5000, by the address 0, in this mapping: false, SIGSEGV: true
}

func ExampleFileAccess() {
	t, err := ipclab.FileAccess(ipclab.FileAccessOptions{Size: 4 << 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		pages := r.Block * r.Blocks / os.Getpagesize()
		fmt.Println(r.Operation, r.Order, r.By, r.Blocks, "blocks,", r.Calls, "system calls, a fault for each page or few:", r.MinorFaults >= pages/32)
	}
	// Output:
	// write sequential write(2) 65536 blocks, 65536 system calls, a fault for each page or few: false
	// write sequential mmap(2) 65536 blocks, 2 system calls, a fault for each page or few: true
	// write random pwrite(2) 65536 blocks, 65536 system calls, a fault for each page or few: false
	// write random mmap(2) 65536 blocks, 2 system calls, a fault for each page or few: true
	// read sequential read(2) 65536 blocks, 65536 system calls, a fault for each page or few: false
	// read sequential mmap(2) 65536 blocks, 2 system calls, a fault for each page or few: true
	// read random pread(2) 65536 blocks, 65536 system calls, a fault for each page or few: false
	// read random mmap(2) 65536 blocks, 2 system calls, a fault for each page or few: true
}

func TestLostUpdatesErrors(t *testing.T) {
	for name, c := range map[string]struct {
		options []ipclab.LostUpdatesOptions
		is      unix.Errno
	}{
		"twice":     {[]ipclab.LostUpdatesOptions{{}, {}}, unix.EINVAL},
		"processes": {[]ipclab.LostUpdatesOptions{{Processes: 65}}, unix.EINVAL},
		"negative":  {[]ipclab.LostUpdatesOptions{{Processes: -1}}, unix.EINVAL},
		"updates":   {[]ipclab.LostUpdatesOptions{{Updates: -1}}, unix.EINVAL},
		"too many":  {[]ipclab.LostUpdatesOptions{{Updates: 25_000_001}}, unix.EINVAL},
		"yield":     {[]ipclab.LostUpdatesOptions{{Yield: -1}}, unix.EINVAL},
		"limit":     {[]ipclab.LostUpdatesOptions{{Limit: -time.Second}}, unix.EINVAL},
		"no time":   {[]ipclab.LostUpdatesOptions{{Limit: time.Nanosecond}}, unix.ETIMEDOUT},
	} {
		table, err := ipclab.LostUpdates(c.options...)
		if wantError(t, name, err, c.is, "LostUpdates: "); table != nil {
			t.Errorf("%s: a table", name)
		}
	}
	var none *ipclab.LostUpdatesTable
	if none.Rows() != nil || none.String() == "" {
		t.Error("a nil table")
	}
}

func TestFileAccessErrors(t *testing.T) {
	for name, c := range map[string]struct {
		options []ipclab.FileAccessOptions
		is      unix.Errno
	}{
		"twice":     {[]ipclab.FileAccessOptions{{}, {}}, unix.EINVAL},
		"size":      {[]ipclab.FileAccessOptions{{Size: -1}}, unix.EINVAL},
		"large":     {[]ipclab.FileAccessOptions{{Size: 1<<30 + 64}}, unix.EINVAL},
		"block":     {[]ipclab.FileAccessOptions{{Block: -1}}, unix.EINVAL},
		"remainder": {[]ipclab.FileAccessOptions{{Size: 1000, Block: 64}}, unix.EINVAL},
		"blocks":    {[]ipclab.FileAccessOptions{{Size: 1 << 30, Block: 1}}, unix.EINVAL},
		"folder":    {[]ipclab.FileAccessOptions{{Folder: "/none/of/that/name"}}, unix.ENOENT},
	} {
		table, err := ipclab.FileAccess(c.options...)
		if wantError(t, name, err, c.is, "FileAccess: "); table != nil {
			t.Errorf("%s: a table", name)
		}
	}
}

// TestExperimentsLeaveNothing: no mapping of theirs is in this process afterwards, and no file. TestMain looks for
// processes and descriptors.
func TestExperimentsLeaveNothing(t *testing.T) {
	folder := t.TempDir()
	before := sharedMappings(t)
	_, first := ipclab.FileAccess(ipclab.FileAccessOptions{Folder: folder, Size: 1 << 16})
	_, second := ipclab.LostUpdates(ipclab.LostUpdatesOptions{Updates: 10})
	_, third := ipclab.TwoAddresses()
	if err := errors.Join(first, second, third); err != nil {
		t.Fatal(err)
	}
	for line := range sharedMappings(t) {
		if !before[line] {
			t.Errorf("left: %s", line)
		}
	}
	if left, _ := filepath.Glob(folder + "/*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// sharedMappings returns the lines of /proc/self/maps that are of shared mappings.
func sharedMappings(t *testing.T) map[string]bool {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(string(maps)) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasSuffix(fields[1], "s") {
			lines[line] = true
		}
	}
	return lines
}

// TestLostUpdatesKilled: the processes of an experiment that is killed in the middle end with it.
func TestLostUpdatesKilled(t *testing.T) {
	r, w := pipe(t)
	experimenter := spawn(t, func() {
		ipclab.LostUpdates(ipclab.LostUpdatesOptions{Processes: 2, Updates: 50_000_000, Yield: 1, Limit: time.Minute})
	})
	w.Close() // the processes of the experiment have it too
	within(t, func() {
		for descendants(t, experimenter.Pid()) < 2 {
			time.Sleep(time.Millisecond)
		}
		experimenter.Kill()
		if status, err := experimenter.Wait(); err != nil || !status.Signaled() {
			t.Errorf("the experiment had ended before: %v, %v", status, err)
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil { // end of file: nobody is left
			t.Errorf("read %d, %v", n, err)
		}
	})
}

// descendants counts the children of a process.
func descendants(t *testing.T, pid int) (n int) {
	t.Helper()
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if len(threads) == 0 {
		t.Error("the experiment has ended")
	}
	for _, path := range threads {
		list, _ := os.ReadFile(path)
		n += len(strings.Fields(string(list)))
	}
	return n
}
