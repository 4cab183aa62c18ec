package ipclab

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// noteFolder is the kind of a note that names a folder to be removed when the check has ended.
const noteFolder noteKind = "folder"

// TempDir makes an empty folder and returns its path. It is removed with all that is in it when the check has ended, in
// whatever way: also if the check was killed. Each call makes another one. A folder that cannot be made ends the check, as
// Fatal does.
func (t *T) TempDir() string {
	if t == nil {
		return ""
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("ipclab-check-%d-%x", os.Getpid(), time.Now().UnixNano()))
	t.send(checkNote{Kind: noteFolder, Text: path}) // before there is anything to remove: the next moment may be the last
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatalf("make a folder for temporary files: %v", err)
	}
	return path
}

// drainLimit bounds how long the end of a check waits for notes of processes that are being killed.
const drainLimit = time.Second

// removeFolders removes the folders that the check has asked for, after all of its processes have ended.
func (c *checking) removeFolders() {
	c.over = true
	for begun := time.Now(); time.Since(begun) < drainLimit && c.read(0); {
	}
	for _, path := range c.folders {
		os.RemoveAll(path)
	}
}
