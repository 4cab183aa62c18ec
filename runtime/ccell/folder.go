package ccell

import (
	"fmt"
	"os"
	"path/filepath"
)

// Folders are where compiled programs are kept for the next time: below the user's folder
// for caches (XDG Base Directory Specification), or else in that for temporary files. They
// need not exist.
func Folders() []string {
	list := []string{filepath.Join(os.TempDir(), fmt.Sprintf("ipclab-c-%d", os.Getuid()))}
	if cache, err := os.UserCacheDir(); err == nil {
		list = append([]string{filepath.Join(cache, "ipclab", "c")}, list...)
	}
	return list
}

// KeptPrefix begins the names of folders with kept programs.
const KeptPrefix = "kept-"

// Kept is the folder in which one kernel keeps programs under names, for as long as it
// lives. mark is that of the kernel, see package reap.
func Kept(folder, mark string) string { return filepath.Join(folder, KeptPrefix+mark) }

// Forget removes the programs that a kernel has kept in any of the folders.
func Forget(folders []string, mark string) {
	if mark == "" {
		return
	}
	for _, folder := range folders {
		_ = os.RemoveAll(Kept(folder, mark)) // what cannot be removed goes with the cache
	}
}
