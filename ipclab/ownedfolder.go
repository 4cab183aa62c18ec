package ipclab

import (
	"os"
	"path/filepath"
	"strings"

	"ipclab/ipclab/internal/owner"
	"ipclab/ipclab/internal/spooltext"
)

// ownedFolder makes a folder for temporary files whose name says which process uses it, and removes those of the same
// prefix whose process is gone: one that was killed could not do so itself.
func ownedFolder(prefix string) (string, error) {
	names, err := namesIn(os.TempDir())
	if err != nil {
		return "", fileReason(filepath.Join(os.TempDir(), prefix), err)
	}
	for _, name := range names {
		rest, ours := strings.CutPrefix(name, prefix)
		who, _, _ := strings.Cut(rest, spooltext.Separator)
		if o, err := owner.Parse(who); ours && err == nil && o.State() == owner.Gone {
			os.RemoveAll(filepath.Join(os.TempDir(), name)) // another's folder, or removed by another: not ours then
		}
	}
	self, err := owner.Self()
	if err != nil {
		return "", err
	}
	return os.MkdirTemp("", prefix+self.Name()+spooltext.Separator)
}
