package record

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// ErrChanged says that a file is not as it was read: someone else has written it.
var ErrChanged = errors.New("it was changed by someone else meanwhile")

// A Keeper is where a record is kept: PATH.json and PATH.csv.
type Keeper struct {
	path string
	sum  [sha256.Size]byte // of the file as it was read or written last; that of nothing if there is none
}

// Open reads what is kept at path, without ending; nil if there is nothing.
func Open(path string) (*Keeper, *File, error) {
	k := &Keeper{path: path}
	text, err := k.read()
	if err != nil || text == nil {
		return k, nil, err
	}
	f, err := Parse(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", k.JSON(), err)
	}
	return k, f, nil
}

// JSON is the path of the record.
func (k *Keeper) JSON() string { return k.path + ".json" }

// CSV is the path of its values.
func (k *Keeper) CSV() string { return k.path + ".csv" }

// read returns the file and remembers what it was.
func (k *Keeper) read() ([]byte, error) {
	text, err := os.ReadFile(k.JSON())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	k.sum = sha256.Sum256(text)
	return text, err
}

// Write puts the record into its files: whole or not at all, and not over what someone else has written.
func (k *Keeper) Write(f *File) error {
	was := k.sum
	if _, err := k.read(); err != nil {
		return err
	}
	if k.sum != was {
		k.sum = was
		return fmt.Errorf("write %s: %w", k.JSON(), ErrChanged)
	}
	text, err := f.Text()
	if err != nil {
		return err
	}
	if err := replace(k.JSON(), text); err != nil {
		return err
	}
	k.sum = sha256.Sum256(text)
	var values bytes.Buffer
	if err := f.CSV(&values); err != nil {
		return err
	}
	return replace(k.CSV(), values.Bytes())
}

// replace writes a file beside, has it on the disk, and gives it its name.
func replace(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	folder, err := unix.Open(filepath.Dir(path), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("open", err)
	}
	defer unix.Close(folder)
	return os.NewSyscallError("fsync", unix.Fsync(folder))
}
