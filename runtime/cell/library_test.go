package cell_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"regexp"
	"testing"

	"ipclab/runtime/cell/lib"
)

// TestLibraryIsComplete holds that every exported generic function and type of
// the packages in lib has a source of the very same type.
func TestLibraryIsComplete(t *testing.T) {
	for importPath, folder := range lib.Folders {
		pkg, err := shared.Import(importPath)
		if err != nil {
			t.Fatal(err)
		}
		source := libraryPackage(t, folder)
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() || !isGeneric(obj) {
				continue
			}
			own := source.Scope().Lookup(name)
			if own == nil {
				t.Errorf("%s.%s has no source", importPath, name)
				continue
			}
			if got, want := shape(own), shape(obj); got != want {
				t.Errorf("%s.%s is %s, want %s", importPath, name, got, want)
			}
		}
	}
}

func isGeneric(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		n, ok := obj.Type().(*types.Named)
		_, constraint := obj.Type().Underlying().(*types.Interface)
		_, function := obj.Type().Underlying().(*types.Signature)
		return ok && n.TypeParams().Len() > 0 && !constraint && !function
	}
	return false
}

// parameterName matches a name before a type.
var parameterName = regexp.MustCompile(`\b[A-Za-z0-9_]+ (func|\[\]|\.\.\.|~|\*|[A-Z])`)

// constraintName matches a constraint that only its own package can name.
var constraintName = regexp.MustCompile(`\b[a-z]+\.([a-z][A-Za-z]*)`)

// shape is a type in words, without the names of parameters.
func shape(obj types.Object) string {
	if tn, ok := obj.(*types.TypeName); ok {
		text := ""
		set := types.NewMethodSet(types.NewPointer(tn.Type()))
		for i := range set.Len() {
			if m := set.At(i).Obj(); m.Exported() {
				sig := types.TypeString(m.(*types.Func).Signature(), func(*types.Package) string { return "" })
				text += m.Name() + parameterName.ReplaceAllString(sig, "$1") + "\n"
			}
		}
		return text
	}
	sig := obj.(*types.Func).Signature()
	text := types.TypeString(sig, func(p *types.Package) string { return p.Name() })
	return parameterName.ReplaceAllString(constraintName.ReplaceAllString(text, "$1"), "$1")
}

func libraryPackage(t *testing.T, folder string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	entries, err := fs.ReadDir(lib.Files, folder)
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		src, err := fs.ReadFile(lib.Files, path.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(fset, e.Name(), src, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: shared}
	pkg, err := conf.Check(folder, fset, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
