package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ipclab/runtime/ccell"
	"ipclab/runtime/reap"
)

func TestKeep(t *testing.T) {
	t.Setenv(reap.MarkVariable, "mark")
	t.Setenv("PATH", os.Getenv("PATH"))
	c, r := request(t, printX)
	for _, x := range []string{"a", "a", "b"} { // the same, and another in its place
		r.Flags = []string{`-DX="` + x + `"`}
		p, err := c.Compile(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{"kept", "./file"} {
			if _, err := c.Keep(p.Path, target); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(target).Output(); err != nil || string(out) != x+"\n" {
				t.Errorf("%s printed %q, %v", target, out, err)
			}
		}
	}
	folder := ccell.Kept(c.Folder, "mark")
	if n := strings.Count(os.Getenv("PATH"), folder); n != 1 {
		t.Errorf("%d times in PATH", n)
	}
	if left, _ := filepath.Glob("*"); len(left) != 1 {
		t.Errorf("in the folder: %q", left)
	}
	ccell.Forget([]string{c.Folder}, "mark")
	if _, err := exec.LookPath("kept"); err == nil {
		t.Error("the program is there when the kernel is gone")
	}
}

func TestWhereNothingCanBeKept(t *testing.T) {
	t.Setenv(reap.MarkVariable, "mark")
	c, r := request(t, printX, `-DX=""`)
	p, err := c.Compile(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"./folder", "nowhere/x"} {
		if _, err := c.Keep(p.Path, target); err == nil {
			t.Errorf("kept as %s", target)
		}
	}
}

// TestAKeptCompilerIsNone holds that a program which a cell has named cc compiles nothing.
func TestAKeptCompilerIsNone(t *testing.T) {
	t.Setenv(reap.MarkVariable, "mark")
	t.Setenv("PATH", os.Getenv("PATH"))
	c, r := request(t, printX, `-DX="a"`)
	p, err := c.Compile(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cc", "ld", "as"} {
		if _, err := c.Keep(p.Path, name); err != nil {
			t.Fatal(err)
		}
	}
	r.Flags = []string{`-DX="b"`}
	if got, _ := output(t, c, r); got != "b\n" {
		t.Errorf("printed %q", got)
	}
}
