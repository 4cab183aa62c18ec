package build_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

func TestManyAtOnce(t *testing.T) {
	c, r := request(t, printX, `-DX="a"`)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			p, err := c.Compile(r)
			if err != nil {
				t.Error(err)
				return
			}
			if out, err := exec.Command(p.Path).Output(); err != nil || string(out) != "a\n" {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
	all.Wait()
	if left, _ := filepath.Glob(filepath.Join(c.Folder, "new-*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	c, r := request(t, printX)
	c.Most = 200_000
	for i := range 12 {
		r.Flags = []string{fmt.Sprintf("-DX=\"%d\"", i)}
		if got, _ := output(t, c, r); got != fmt.Sprintln(i) {
			t.Errorf("printed %q, want %d", got, i)
		}
	}
	var sum int64
	entries, _ := filepath.Glob(filepath.Join(c.Folder, "*", "x"))
	for _, e := range entries {
		info, err := os.Stat(e)
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	if len(entries) == 0 || len(entries) == 12 || sum > c.Most {
		t.Errorf("%d programs of %d bytes are kept", len(entries), sum)
	}
	if _, found := output(t, c, r); !found {
		t.Error("the last program is gone")
	}
}

// TestASpoiledCacheIsMended holds that a program which is cut off, or gone, is compiled
// again.
func TestASpoiledCacheIsMended(t *testing.T) {
	c, r := request(t, printX, `-DX="a"`)
	p, err := c.Compile(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, spoil := range []func() error{
		func() error { return os.Truncate(p.Path, 100) },
		func() error { return os.Remove(p.Path) },
		func() error { return os.RemoveAll(filepath.Dir(p.Path)) },
		func() error {
			return os.WriteFile(filepath.Join(filepath.Dir(p.Path), ".messages"), []byte("{"), 0o600)
		},
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if got, found := output(t, c, r); got != "a\n" || found {
			t.Errorf("printed %q, found %v", got, found)
		}
	}
}
