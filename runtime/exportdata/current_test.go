package exportdata_test

import (
	"bytes"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"testing"
)

// TestArchiveIsThatOfTheSource fails when the exported names of package ipclab
// have changed since the archive was written.
func TestArchiveIsThatOfTheSource(t *testing.T) {
	lookup := func(path string) (io.ReadCloser, error) {
		out, err := exec.Command("go", "list", "-export", "-f", "{{.Export}}", path).Output()
		if err != nil {
			return nil, err
		}
		return os.Open(string(bytes.TrimSpace(out)))
	}
	source, err := importer.ForCompiler(token.NewFileSet(), "gc", lookup).Import("ipclab/ipclab")
	if err != nil {
		t.Fatal(err)
	}
	archived, err := newImporter(t).Import("ipclab")
	if err != nil {
		t.Fatal(err)
	}
	want, got := declarations(source), declarations(archived)
	for name, d := range want {
		if got[name] != d {
			t.Errorf("%s is %q in the source, %q in the archive: run make generate", name, d, got[name])
		}
	}
	for name := range got {
		if want[name] == "" {
			t.Errorf("%s is not in the source: run make generate", name)
		}
	}
}

// declarations words every exported name with its type, fields and methods.
func declarations(p *types.Package) map[string]string {
	words := map[string]string{}
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		words[name] = types.ObjectString(o, nil)
		for s := range types.NewMethodSet(types.NewPointer(o.Type())).Methods() {
			if _, isType := o.(*types.TypeName); isType && s.Obj().Exported() {
				words[name+"."+s.Obj().Name()] = types.ObjectString(s.Obj(), nil)
			}
		}
	}
	return words
}
