package build_test

import (
	"os"
	"path/filepath"
	"testing"

	"ipclab/runtime/ccell/build"
)

func TestOpen(t *testing.T) {
	home, temporary := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("TMPDIR", temporary)
	c, err := build.Open()
	if err != nil || c.Folder != filepath.Join(home, ".cache", "ipclab", "c") {
		t.Fatalf("%+v, %v", c, err)
	}
	file := filepath.Join(home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", file) // in which no folder can be made
	c, err = build.Open()
	if err != nil || filepath.Dir(c.Folder) != temporary {
		t.Fatalf("%+v, %v", c, err)
	}
	info, err := os.Stat(c.Folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	t.Setenv("TMPDIR", file)
	if c, err := build.Open(); err == nil {
		t.Errorf("%+v", c)
	}
}

// TestOpenRefusesLinks holds that no programs are run from where somebody else has led.
func TestOpenRefusesLinks(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("TMPDIR", t.TempDir())
	folder := filepath.Join(cache, "ipclab", "c")
	if err := os.Mkdir(filepath.Dir(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), folder); err != nil {
		t.Fatal(err)
	}
	c, err := build.Open()
	if err != nil || c.Folder == folder {
		t.Errorf("%+v, %v", c, err)
	}
}
