// Package exportdata gives the type checker the declarations of every package
// that cells may import: the public standard library, golang.org/x/sys/unix
// and ipclab. They are embedded, so no Go toolchain is needed where the kernel
// runs. It knows types only; values are in runtime/symbols.
//
// The archive is written by runtime/symbols/generate and must be written anew
// whenever the exported names of ipclab change; a test compares the two.
package exportdata

import (
	"archive/zip"
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// modulePackage is the full path of the package that cells import as "ipclab":
// the module and its package share the name.
const modulePackage = "ipclab/ipclab"

// An Importer reads packages as they are asked for and keeps them. It may be
// used by several goroutines. It implements go/types' Importer.
type Importer struct {
	mu      sync.Mutex
	entries map[string]*zip.File
	// loaded is shared by all reads, so that a type that several packages
	// mention is one type. A package in it may be incomplete.
	loaded map[string]*types.Package
}

// NewImporter opens the embedded archive.
func NewImporter() (*Importer, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("embedded export data: %w", err)
	}
	i := &Importer{entries: map[string]*zip.File{}, loaded: map[string]*types.Package{}}
	for _, f := range z.File {
		i.entries[cellPath(f.Name)] = f
	}
	return i, nil
}

// cellPath is the path by which cells import a package.
func cellPath(path string) string {
	if path == modulePackage {
		return "ipclab"
	}
	return path
}

// Import gives the package that cells import by path. The error of an unknown
// path is worded as the go command words it.
func (i *Importer) Import(path string) (*types.Package, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	entry, ok := i.entries[path]
	if !ok {
		return nil, fmt.Errorf("package %s is not in std, and cells can import only the standard library, golang.org/x/sys/unix and ipclab", path)
	}
	if p := i.loaded[entry.Name]; p != nil && p.Complete() {
		return p, nil
	}
	r, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("export data of %s: %w", path, err)
	}
	defer r.Close()
	p, err := gcexportdata.Read(io.Reader(r), token.NewFileSet(), i.loaded, entry.Name)
	if err != nil {
		return nil, fmt.Errorf("export data of %s: %w", path, err)
	}
	return p, nil
}

// Paths lists the import paths of all packages, sorted.
func (i *Importer) Paths() []string {
	paths := make([]string, 0, len(i.entries))
	for path := range i.entries {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, strings.Compare)
	return paths
}
