// Package scratch makes folders for temporary files that do not outlive their process, however it ends: a folder's name says
// which process uses it, and whoever comes next removes those of processes that are gone.
//
// In a cell, the next to come is the kernel, at once when a runtime process has died; and the runtime process if it is the
// kernel that was killed. Elsewhere it is the next call of New.
package scratch

import (
	"os"
	"path/filepath"
	"strings"

	"ipclab/ipclab/internal/owner"
)

// separator is between the parts of a name, which are the purpose, the owner and something random.
const separator = ","

// New makes a folder below the given one, for the calling process and what it starts, and removes the folders of processes
// that are gone. purpose
// tells a person what a folder is for, "ipclab-locks" for example. The caller removes the folder when it is done.
func New(below, purpose string) (string, error) {
	Sweep(below)
	self, err := owner.Self()
	if err != nil {
		return "", err
	}
	return os.MkdirTemp(below, purpose+separator+self.Name()+separator)
}

// Sweep removes the folders of processes that are gone.
func Sweep(below string) {
	sweep(below, func(o owner.Owner) bool { return o.State() == owner.Gone })
}

// SweepOwn removes those of the calling process too, which is about to end.
func SweepOwn(below string) {
	self, err := owner.Self()
	sweep(below, func(o owner.Owner) bool { return o.State() == owner.Gone || err == nil && o == self })
}

func sweep(below string, over func(owner.Owner) bool) {
	entries, _ := os.ReadDir(below) // what cannot be looked at has nothing of ours
	for _, e := range entries {
		if o, ok := ownerOf(e.Name()); ok && over(o) {
			os.RemoveAll(filepath.Join(below, e.Name())) // another's folder, or removed by another: not ours then
		}
	}
}

// ownerOf reads the owner in a folder's name.
func ownerOf(name string) (owner.Owner, bool) {
	const parts = 3
	p := strings.SplitN(name, separator, parts)
	if len(p) < parts {
		return owner.Owner{}, false
	}
	o, err := owner.Parse(p[1])
	return o, err == nil
}
