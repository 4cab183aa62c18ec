package ipclab

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLinkNew: what takes the place of a rename that replaces nothing replaces nothing either.
func TestLinkNew(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	for _, name := range []string{"from", "taken"} {
		if err := errors.Join(os.WriteFile(in(name), []byte(name), 0o600), os.MkdirAll(in(name+"-folder/full"), 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"from": "taken", "from-folder": "taken-folder"} {
		if err := linkNew(in(from), in(to)); err != unix.EEXIST && err != unix.ENOTEMPTY {
			t.Errorf("%s to %s: %v", from, to, err)
		}
		if err := linkNew(in(from), in(to+"-new")); err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(in("taken"))
	moved, err2 := os.ReadFile(in("taken-new"))
	if err := errors.Join(err, err2); err != nil || string(text) != "taken" || string(moved) != "from" {
		t.Errorf("%q, %q, %v", text, moved, err)
	}
}
