// Command generate writes the tables that let cells use compiled packages:
// for the interpreter, Go source that maps each exported name to its value
// (folder runtime/symbols); for the type checker, the compiler's export data
// (runtime/exportdata/exportdata.zip). Both describe the same packages: the
// public standard library, golang.org/x/sys/unix and ipclab.
//
// It needs the Go toolchain and runs in the root of the module:
//
//	go run ./runtime/symbols/generate
package main

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
)

const (
	symbolsFolder = "runtime/symbols"
	archiveFile   = "runtime/exportdata/exportdata.zip"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run() error {
	packages, err := listPackages()
	if err != nil {
		return err
	}
	if err := removeOldTables(); err != nil {
		return err
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", exportLookup(packages))
	var checked []*types.Package
	for _, p := range packages {
		pkg, err := imp.Import(p.ImportPath)
		if err != nil {
			return fmt.Errorf("import %s: %w", p.ImportPath, err)
		}
		checked = append(checked, pkg)
		source, err := tableSource(p, pkg)
		if err != nil {
			return fmt.Errorf("table of %s: %w", p.ImportPath, err)
		}
		if err := os.WriteFile(filepath.Join(symbolsFolder, p.tableFile()), source, 0o644); err != nil {
			return err
		}
	}
	return writeArchive(archiveFile, checked)
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
