// Command generate writes the tables that let cells use compiled packages:
// for the interpreter, Go source that maps each exported name to its value
// (folder runtime/symbols); for the type checker, the compiler's export data
// (runtime/exportdata/exportdata.zip); for inspection, the doc comments
// (runtime/comments/comments.zip). All describe the same packages: the public
// standard library, golang.org/x/sys/unix and ipclab.
//
// It needs the Go toolchain and runs in the root of the module:
//
//	go run ./runtime/symbols/generate
package main

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

const (
	symbolsFolder = "runtime/symbols"
	archiveFile   = "runtime/exportdata/exportdata_%s.zip" // with the architecture
)

// architectures are those that the kernel is built for. Constants and calls of
// the system differ between them, so each has tables of its own where needed.
var architectures = []string{"amd64", "arm64"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run() error {
	sources := map[string]map[string][]byte{} // by architecture and file
	comments := commentSet{}
	for _, arch := range architectures {
		packages, err := listPackages(arch)
		if err != nil {
			return err
		}
		if sources[arch], err = tables(arch, packages); err != nil {
			return err
		}
		for _, p := range packages {
			if err := comments.collect(p); err != nil {
				return fmt.Errorf("doc comments of %s: %w", p.ImportPath, err)
			}
		}
	}
	builtin, err := listBuiltin()
	if err != nil {
		return err
	}
	if err := comments.collect(builtin); err != nil {
		return fmt.Errorf("doc comments of %s: %w", builtinPackage, err)
	}
	if err := comments.write(commentsFile); err != nil {
		return err
	}
	if err := removeOldTables(); err != nil {
		return err
	}
	return writeTables(sources)
}

// tables makes the source of all tables for one architecture, and writes the
// archive for it.
func tables(arch string, packages []listedPackage) (map[string][]byte, error) {
	imp := importer.ForCompiler(token.NewFileSet(), "gc", exportLookup(packages))
	sources := map[string][]byte{}
	var checked []*types.Package
	for _, p := range packages {
		pkg, err := imp.Import(p.ImportPath)
		if err != nil {
			return nil, fmt.Errorf("import %s: %w", p.ImportPath, err)
		}
		checked = append(checked, pkg)
		if sources[p.tableFile()], err = tableSource(p, pkg); err != nil {
			return nil, fmt.Errorf("table of %s: %w", p.ImportPath, err)
		}
	}
	return sources, writeArchive(fmt.Sprintf(archiveFile, arch), checked)
}

// writeTables writes each table once if it is the same for all architectures,
// and else once for each, under a name that the go command takes for a
// constraint.
func writeTables(sources map[string]map[string][]byte) error {
	for _, arch := range architectures {
		for name, source := range sources[arch] {
			for _, other := range architectures {
				if !bytes.Equal(source, sources[other][name]) {
					name = strings.TrimSuffix(name, ".go") + "_" + arch + ".go"
					break
				}
			}
			if err := os.WriteFile(filepath.Join(symbolsFolder, name), source, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeOldTables deletes the tables of an earlier run, so that a package
// that is gone leaves nothing behind.
func removeOldTables() error {
	old, err := filepath.Glob(filepath.Join(symbolsFolder, tablePrefix+"*.go"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}
