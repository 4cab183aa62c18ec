package main

import (
	"go/doc"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const ipclabFolder = "../../../ipclab"

func loaded(t *testing.T) *pkg {
	t.Helper()
	p, err := load(ipclabFolder)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// functions are all that are not methods.
func functions(p *pkg) []*doc.Func {
	list := slices.Clone(p.doc.Funcs)
	for _, t := range p.doc.Types {
		list = append(list, t.Funcs...)
	}
	return list
}

func TestEachFunctionHasAnExample(t *testing.T) {
	p := loaded(t)
	for _, f := range functions(p) {
		if e, ok := p.of("", f.Name); !ok {
			t.Errorf("%s has none", f.Name)
		} else if e.code == "" {
			t.Errorf("that of %s is empty", f.Name)
		}
	}
}

func TestEachNameIsInThePages(t *testing.T) {
	p := loaded(t)
	folder := t.TempDir()
	if err := write(ipclabFolder, folder); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	var all strings.Builder
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, f := range functions(p) {
		if n := strings.Count(all.String(), "## "+f.Name+"\n"); n != 1 {
			t.Errorf("%s is in the pages %d times", f.Name, n)
		}
	}
	for _, typ := range p.doc.Types {
		if !strings.Contains(all.String(), "## "+typ.Name+"\n") {
			t.Errorf("type %s is in no page", typ.Name)
		}
	}
	if strings.Contains(all.String(), "# Other names") {
		t.Error("some names have no topic")
	}
}

func TestLoadSaysWhyNot(t *testing.T) {
	if _, err := load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "there is no package") {
		t.Errorf("an empty folder: %v", err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.go"), []byte("package"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(folder); err == nil || !strings.Contains(err.Error(), "a.go:1") {
		t.Errorf("a file that is not Go: %v", err)
	}
}
