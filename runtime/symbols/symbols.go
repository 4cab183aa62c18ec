// Package symbols holds, for each package that cells may import, its exported
// names with their values: what the interpreter needs to call compiled code.
// The tables are generated; each is built when a cell first imports its
// package, so that a runtime process pays only for what is used.
//
// It is not the place to ask about types or generic functions: those are known
// to runtime/exportdata only.
package symbols

//go:generate go run -C ../.. ./runtime/symbols/generate

import (
	"reflect"
	"slices"
)

// A table is one package: its name and the function that lists its symbols.
type table struct {
	name    string
	symbols func() map[string]reflect.Value
}

// tables is filled by the generated files' init functions and never changed
// after; the key is the path by which cells import the package.
var tables = map[string]table{}

// Of returns the symbols of the package that cells import by path, keyed as
// the interpreter wants them, and the package's name. ok is false for a
// package that cells cannot import.
func Of(path string) (name string, symbols map[string]reflect.Value, ok bool) {
	t, ok := tables[path]
	if !ok {
		return "", nil, false
	}
	return t.name, t.symbols(), true
}

// Paths lists the import paths of all packages, sorted.
func Paths() []string {
	paths := make([]string, 0, len(tables))
	for path := range tables {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}
