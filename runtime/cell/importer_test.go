package cell_test

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"ipclab/runtime/symbols"
)

// goListImporter reads the export data that the Go toolchain has of packages.
type goListImporter struct {
	mu  sync.Mutex
	imp types.Importer
}

func newImporter() *goListImporter {
	i := &goListImporter{}
	i.imp = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		out, err := exec.Command("go", "list", "-export", "-f", "{{.Export}}", toolchainPath(path)).Output()
		if err != nil {
			return nil, fmt.Errorf("go list -export %s: %w", path, err)
		}
		return os.Open(strings.TrimSpace(string(out)))
	})
	return i
}

func toolchainPath(path string) string {
	if path == "ipclab" {
		return "ipclab/ipclab"
	}
	return path
}

func (i *goListImporter) Import(path string) (*types.Package, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.imp.Import(path)
}

func (i *goListImporter) Paths() []string { return symbols.Paths() }

// shared is one importer for all tests: loading a package takes a process.
var shared = newImporter()
