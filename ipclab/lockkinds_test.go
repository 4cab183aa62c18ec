package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExampleLockKinds() {
	t, err := ipclab.LockKinds()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Printf("%-9s range %-5t itself %-5t inherited %-5t other close %-5t killed %-5t EDEADLK %t\n",
			r.Kind, r.Range, r.Itself, r.Inherited, r.OtherClose, r.Killed, r.Deadlock)
	}
	// Output:
	// lock file range false itself true  inherited false other close false killed false EDEADLK false
	// flock     range false itself true  inherited true  other close false killed true  EDEADLK false
	// fcntl     range true  itself false inherited false other close true  killed true  EDEADLK true
	// fcntl OFD range true  itself true  inherited true  other close false killed true  EDEADLK false
}

func TestLockKindsTable(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	table, err := ipclab.LockKinds(ipclab.LockKindsOptions{Limit: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a range of bytes", "the whole file", "EDEADLK", "for ever", "leaves it, stale"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("%q is missing in\n%s", want, table)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, o := range [][]ipclab.LockKindsOptions{{{Limit: -1}}, {{Limit: time.Hour}}, {{}, {}}} {
		if _, err := ipclab.LockKinds(o...); !errors.Is(err, unix.EINVAL) {
			t.Errorf("%v: %v, want EINVAL", o, err)
		}
	}
	t.Setenv("TMPDIR", folder+"/no")
	if _, err := ipclab.LockKinds(); !errors.Is(err, unix.ENOENT) {
		t.Errorf("without a folder for temporary files: %v", err)
	}
}

// TestLockKindsKilled: what an experiment that was killed could not remove, the next one does.
func TestLockKindsKilled(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	p := spawn(t, func() { ipclab.LockKinds(ipclab.LockKindsOptions{Limit: time.Minute}) })
	within(t, func() {
		for left, _ := os.ReadDir(folder); len(left) == 0; left, _ = os.ReadDir(folder) {
		}
	})
	p.Kill()
	p.Wait()
	if _, err := ipclab.LockKinds(ipclab.LockKindsOptions{Limit: time.Millisecond}); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
