package build

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"ipclab/runtime/ccell"
	"ipclab/runtime/reap"
)

// Keep puts a program where other cells find it: under a name in a folder of PATH that
// goes with the kernel, or at a path with a slash, like any file. It returns the path.
func (c *Cache) Keep(program, target string) (string, error) {
	if strings.Contains(target, "/") {
		return target, replace(program, target, copyFile)
	}
	folder := ccell.Kept(c.Folder, os.Getenv(reap.MarkVariable))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(folder, target)
	err := replace(program, path, os.Link) // as quick as can be, and nothing takes its place twice
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		err = replace(program, path, copyFile)
	}
	if err != nil {
		return "", err
	}
	search := os.Getenv("PATH")
	if !strings.HasPrefix(search+":", folder+":") {
		err = os.Setenv("PATH", folder+":"+search)
	}
	return path, err
}

// replace makes target from program, at once for those who look for it.
func replace(program, target string, how func(from, to string) error) error {
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder", target)
	}
	folder, err := os.MkdirTemp(filepath.Dir(target), newPrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	half := filepath.Join(folder, filepath.Base(target))
	if err := how(program, half); err != nil {
		return err
	}
	return os.Rename(half, target)
}

// copyFile copies a program. No process may be forked meanwhile: it would hold the file
// open for writing, and nobody could run it (ETXTBSY).
func copyFile(from, to string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}
