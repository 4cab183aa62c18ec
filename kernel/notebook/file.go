package notebook

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MaxSize is the greatest size in bytes of a notebook file that is read.
const MaxSize = 256 << 20

// Read reads the notebook at path, which must be a regular file: a FIFO without
// a writer would block. The error names the path and wraps the errno.
func Read(path string) (*Notebook, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, fmt.Errorf("read %s: longer than %d bytes", path, MaxSize)
	}
	n, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return n, nil
}

// Write puts the notebook at path. A regular file that is there is replaced in
// one step and keeps its mode, through a symbolic link too; anything else, such
// as a terminal or /dev/null, is written to. The error names the path and wraps the errno.
func (n *Notebook) Write(path string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	data := n.Marshal()
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(path, data)
	case err != nil:
		return err
	case st.Mode().IsRegular():
		return replace(path, data, st.Mode().Perm())
	default:
		return os.WriteFile(path, data, 0)
	}
}

// create writes a file that was not there; a failure leaves none.
func create(path string, data []byte) error {
	err := os.WriteFile(path, data, 0o666) // less the umask
	if err != nil {
		os.Remove(path)
	}
	return err
}

// replace writes a file beside path and renames it.
func replace(path string, data []byte, mode fs.FileMode) (err error) {
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
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
