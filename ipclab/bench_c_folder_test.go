package ipclab_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program in C makes its file and its FIFOs in the folder in which those in Go are made, or the two may measure different
// file systems; and it leaves nothing there.
func TestTheProgramInCUsesTheFolderForTemporaryFiles(t *testing.T) {
	program, err := compiled(t, "exchange", filepath.Join("benchc", "exchange.c"), filepath.Join("benchc", "mechanisms.c"))
	if err != nil {
		t.Fatal(err)
	}
	for _, mechanism := range []string{"file", "fifo"} {
		run := func(folder string) (string, error) {
			cmd := exec.Command(program, mechanism, "64", "10", "1", "-1", "-1")
			cmd.Env = append(os.Environ(), "TMPDIR="+folder)
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		folder := t.TempDir()
		if out, err := run(folder); err != nil {
			t.Errorf("%s: %v: %s", mechanism, err, out)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("%s leaves %v, %v", mechanism, left, err)
		}
		if out, err := run(filepath.Join(folder, "missing")); err == nil || !strings.Contains(out, "No such file or directory") {
			t.Errorf("%s in a folder that is missing: %v: %s", mechanism, err, out)
		}
	}
}
