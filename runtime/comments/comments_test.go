package comments_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"ipclab/runtime/comments"
)

func TestOf(t *testing.T) {
	for _, c := range []struct{ path, name, begins string }{
		{"strings", "Split", "Split slices s into all substrings"},
		{"strings", "", "Package strings implements"},
		{"strings", "Builder", "A Builder is used to"},
		{"strings", "Builder.WriteString", "WriteString appends the contents of s"},
		{"net/http", "Server.Addr", "Addr optionally specifies"},
		{"io", "Reader.Read", ""},
		{"io", "Reader", "Reader is the interface that wraps"},
		{"os", "O_RDONLY", "Exactly one of O_RDONLY"},
		{"net", "conn.Read", "Read implements the Conn Read method"},
		{"sync/atomic", "Pointer.Load", "Load atomically loads"},
		{"golang.org/x/sys/unix", "Socketpair", ""},
		{"golang.org/x/sys/unix", "ReadDirent", "ReadDirent reads directory entries"},
		{"ipclab", "Fork", "Fork "},
		{"builtin", "append", "The append built-in function"},
		{"strings", "explode", ""},
		{"strings", "Nothing", ""},
		{"no/such/package", "Name", ""},
	} {
		got, err := comments.Of(c.path, c.name)
		if err != nil {
			t.Errorf("Of(%q, %q): %v", c.path, c.name, err)
		}
		if !strings.HasPrefix(got, c.begins) || c.begins == "" && got != "" {
			t.Errorf("Of(%q, %q) = %q, want %q at the beginning", c.path, c.name, got, c.begins)
		}
	}
}

// TestArchiveIsThatOfTheSource fails when comments of package ipclab have
// changed since the archive was written.
func TestArchiveIsThatOfTheSource(t *testing.T) {
	names, err := filepath.Glob("../../ipclab/*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no source of ipclab: %v", err)
	}
	functions := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() {
				continue
			}
			functions++
			want := strings.TrimSpace(fn.Doc.Text())
			if got, err := comments.Of("ipclab", fn.Name.Name); err != nil || got != want {
				t.Errorf("the comment of %s is %q in the source, %q in the archive (%v): run make generate", fn.Name.Name, want, got, err)
			}
		}
	}
	if functions < 10 {
		t.Errorf("found only %d functions", functions)
	}
}
