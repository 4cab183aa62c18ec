package attack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// binary is the kernel under attack, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "attack")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func build(dir string) error {
	binary = filepath.Join(dir, "ipclab")
	c := exec.Command("go", "build", "-o", binary, "ipclab/kernel/cmd/ipclab")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// dependOnSources looks at every source file of the binary, so that go test does
// not show the result of an older one from its cache: of a test that runs other
// programs it knows only which files the test itself has looked at.
func dependOnSources(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"kernel", "runtime", "ipclab", "go.mod", "go.sum"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed while the tree is being walked
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
