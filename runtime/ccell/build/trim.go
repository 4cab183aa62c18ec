package build

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ipclab/runtime/ccell"
	"ipclab/runtime/reap"
)

// abandoned is the age from which nobody makes a new entry any more, and at which it is
// looked whether a kernel is still there.
const abandoned = 24 * time.Hour

// An item is what the cache can do without.
type item struct {
	path string
	size int64
	used time.Time
}

// trim removes what was not used for longest until the rest fits, and what others have
// left half made.
func (c *Cache) trim() {
	entries, err := os.ReadDir(c.Folder)
	if err != nil {
		return
	}
	var items []item
	var sum int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // it is gone
		}
		path, old := filepath.Join(c.Folder, e.Name()), time.Since(info.ModTime()) > abandoned
		mark, kept := strings.CutPrefix(e.Name(), ccell.KeptPrefix)
		switch {
		case kept && old && len(reap.Marked(mark)) == 0, strings.HasPrefix(e.Name(), newPrefix) && old:
			_ = os.RemoveAll(path)
		case !kept && !strings.HasPrefix(e.Name(), newPrefix):
			items = append(items, item{path, sizeOf(path), info.ModTime()})
			sum += items[len(items)-1].size
		}
	}
	slices.SortFunc(items, func(a, b item) int { return a.used.Compare(b.used) })
	for _, i := range items[:max(0, len(items)-1)] { // the last one is about to be started
		if sum <= c.Most {
			return
		}
		c.discard(i.path)
		sum -= i.size
	}
}

// block is what the smallest file takes on a disk.
const block = 4096

// sizeOf is the size of a file, or of a folder with what is in it.
func sizeOf(path string) (sum int64) {
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := e.Info(); err == nil {
			sum += max(info.Size(), block)
		}
		return nil
	})
	return sum
}
