package kernelspec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ipclab/install"
)

// files lists what a kernelspec folder is made of; kernel.json comes last,
// because with it Jupyter sees the kernel.
var files = []string{install.Logo32, install.Logo64, install.LogoSVG, install.KernelJSON}

// Options say what is installed where.
type Options struct {
	Place       Place
	Name        string // of the folder, and how notebooks refer to the kernel
	DisplayName string // what Jupyter's menus show
	Binary      string // absolute path of the program
}

// Install writes the kernelspec and gives its folder. One that is there already
// is replaced if it starts this program. The error names the file and wraps the
// errno.
func Install(o Options) (folder string, err error) {
	if o.DisplayName == "" {
		return "", errors.New(`display name "": needs at least one character`)
	}
	if !filepath.IsAbs(o.Binary) {
		return "", fmt.Errorf("program %q: needs an absolute path", o.Binary)
	}
	folder, err = o.Place.Folder(o.Name)
	if err != nil {
		return "", err
	}
	if err := checkOwner(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	for _, name := range files {
		data, err := install.Files.ReadFile(name)
		if name == install.KernelJSON {
			data, err = newSpec(o.Binary, o.DisplayName)
		}
		if err != nil {
			return "", err
		}
		if err := replace(filepath.Join(folder, name), data); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// checkOwner gives an error if the kernelspec in folder is another kernel's, and
// one that wraps fs.ErrNotExist if there is none.
func checkOwner(folder string) error {
	s, err := readSpec(folder)
	if err != nil {
		return err
	}
	if !s.ours() {
		return fmt.Errorf("%s belongs to another kernel, which starts %q; choose another --name", folder, strings.Join(s.Argv, " "))
	}
	return nil
}

// replace writes a file in one step.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ipclab-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Uninstall removes the files that Install made, and the folder if nothing else
// is in it; it gives the folder. The error says that there is no such
// kernelspec, that it is another kernel's, or which file could not be removed.
func Uninstall(place Place, name string) (folder string, err error) {
	folder, err = place.Folder(name)
	if err != nil {
		return "", err
	}
	if err := checkOwner(folder); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("no kernel %q is installed in %s: %w", name, filepath.Dir(folder), fs.ErrNotExist)
		}
		return "", err
	}
	for _, name := range files {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	os.Remove(folder) // stays if somebody put something into it
	return folder, nil
}

// Fleeting tells whether a binary is in a folder that will not stay: one of
// temporary files, or where "go run" builds.
func Fleeting(binary string) bool {
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		if strings.HasPrefix(binary, filepath.Clean(dir)+"/") {
			return true
		}
	}
	return strings.Contains(binary, "/go-build")
}
