package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// tablePrefix begins the name of every generated table.
const tablePrefix = "table_"

// A listedPackage is one package as `go list -export -json` reports it.
type listedPackage struct {
	ImportPath string
	Name       string
	Export     string // file with the compiler's export data, in the build cache
	Dir        string
	GoFiles    []string
}

// cellPath is the path by which cells import the package. The module and its
// package share the name ipclab, so the package's full path repeats it; cells
// use the short form.
func (p listedPackage) cellPath() string {
	return strings.TrimPrefix(p.ImportPath, "ipclab/")
}

func (p listedPackage) tableFile() string {
	return tablePrefix + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(p.ImportPath) + ".go"
}

// listPackages asks the go command for the packages that cells may import and
// compiles their export data.
func listPackages(arch string) ([]listedPackage, error) {
	cmd := exec.Command("go", "list", "-trimpath", "-export", "-json=ImportPath,Name,Export,Dir,GoFiles",
		"std", "golang.org/x/sys/unix", "ipclab/ipclab")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	var packages []listedPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if forCells(p) {
			packages = append(packages, p)
		}
	}
	slices.SortFunc(packages, func(a, b listedPackage) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return packages, nil
}

// forCells reports whether cells can import p: the go command lists internal,
// vendored and main packages of the standard library too.
func forCells(p listedPackage) bool {
	if p.Export == "" || p.Name == "main" {
		return false
	}
	for _, element := range strings.Split(p.ImportPath, "/") {
		if element == "internal" || element == "vendor" {
			return false
		}
	}
	return true
}

func exportLookup(packages []listedPackage) func(string) (io.ReadCloser, error) {
	files := map[string]string{}
	for _, p := range packages {
		files[p.ImportPath] = p.Export
	}
	return func(path string) (io.ReadCloser, error) {
		file, ok := files[path]
		if !ok {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(file)
	}
}
