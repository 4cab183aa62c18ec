package symbols_test

import (
	"go/types"
	"slices"
	"testing"

	"ipclab/runtime/exportdata"
	"ipclab/runtime/symbols"
)

// TestTablesAgreeWithTheCheckers looks at every exported name that the type
// checker knows: the interpreter must have it, generic ones excepted.
func TestTablesAgreeWithTheCheckers(t *testing.T) {
	importer, err := exportdata.NewImporter()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := symbols.Paths(), importer.Paths(); !slices.Equal(got, want) {
		t.Fatalf("packages %v\nthe checker's %v", got, want)
	}
	for _, path := range symbols.Paths() {
		p, err := importer.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		name, table, ok := symbols.Of(path)
		if !ok || name != p.Name() {
			t.Errorf("%s: name %q, %v", path, name, ok)
		}
		for _, n := range p.Scope().Names() {
			o := p.Scope().Lookup(n)
			if _, ok := table[n]; o.Exported() && !ok && !isGeneric(o) {
				t.Errorf("%s.%s is missing", path, n)
			}
		}
	}
}

// isGeneric reports whether there are no values of o that a table could hold:
// it has type parameters, or is a constraint.
func isGeneric(o types.Object) bool {
	switch t := o.Type().(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		if i, ok := t.Underlying().(*types.Interface); ok && !i.IsMethodSet() {
			return true
		}
		return t.TypeParams().Len() > 0
	case *types.Alias:
		return t.TypeParams().Len() > 0
	}
	return false
}

func TestUnknownPackage(t *testing.T) {
	if _, _, ok := symbols.Of("example.org/nothing"); ok {
		t.Error("it has symbols")
	}
}
