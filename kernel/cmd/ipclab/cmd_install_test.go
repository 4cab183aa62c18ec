package main

import (
	"io/fs"
	"strings"
	"testing"
)

func TestAdviceForAFolderThatOneMayNotWriteTo(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&fs.PathError{Op: "mkdir", Path: "/usr/share/jupyter", Err: fs.ErrPermission}, true},
		{&fs.PathError{Op: "mkdir", Path: "/usr/share/jupyter", Err: fs.ErrNotExist}, false},
	} {
		got := withAdvice(c.err).Error()
		if !strings.HasPrefix(got, c.err.Error()) || strings.Contains(got, "install with --user") != c.want {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}
