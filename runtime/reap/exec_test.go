package reap

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestWhoExecutesIsMarked looks at a process that does nothing but execute a program. A look in twenty to a hundred finds it
// where it has left one program's memory and has not got all of the next one's.
func TestWhoExecutesIsMarked(t *testing.T) {
	script := filepath.Join(t.TempDir(), "again")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec $0\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(script)
	mark := marker("again-and-again")
	cmd.Env = append(os.Environ(), MarkVariable+"="+mark)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	for range 200 {
		if !slices.Contains(Marked(mark), cmd.Process.Pid) {
			t.Fatal("the process is not found")
		}
	}
}
