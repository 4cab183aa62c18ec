package cell_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// inPieces gives a program as a notebook has it: one cell with what it declares,
// and one with the statements of main. It is no notebook if main cannot be
// taken out of its function: it returns, or defines anew what functions use.
func inPieces(t *testing.T, p program) (cells []string, ok bool) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, p.name, p.source, 0)
	if err != nil {
		t.Fatal(err)
	}
	main, _ := f.Scope.Lookup("main").Decl.(*ast.FuncDecl)
	if main == nil || !separable(f, main) {
		return nil, false
	}
	at := func(pos token.Pos) int { return fset.Position(pos).Offset }
	head, tail := p.source[at(f.Name.End()):at(main.Pos())], p.source[at(main.End()):]
	return []string{head + tail, p.source[at(main.Body.Lbrace)+1 : at(main.Body.Rbrace)]}, true
}

// separable tells whether statements of main mean the same at top level.
func separable(f *ast.File, main *ast.FuncDecl) bool {
	ok := true
	for _, d := range f.Decls {
		if d, isFunc := d.(*ast.FuncDecl); isFunc && d.Recv == nil && d.Name.Name == "init" {
			ok = false // a notebook calls it in its cell
		}
	}
	ast.Inspect(main.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			ok = false
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, isName := x.(*ast.Ident); isName && n.Tok == token.DEFINE && f.Scope.Lookup(id.Name) != nil {
					ok = false
				}
			}
		}
		return ok
	})
	return ok
}

// TestProgramsInPieces runs the programs as notebooks, whose output is the same.
func TestProgramsInPieces(t *testing.T) {
	count := 0
	for _, p := range allPrograms(t) {
		cells, ok := inPieces(t, p)
		if !ok || p.ends() {
			continue
		}
		count++
		t.Run(p.name, func(t *testing.T) {
			n := newNotebook()
			var got strings.Builder
			for _, c := range cells {
				got.WriteString(n.run(c + "\n;"))
			}
			if got := ended(got.String()); got != p.out {
				t.Errorf("%s", firstDifference(got, p.out))
			}
		})
	}
	if count < 100 {
		t.Errorf("only %d programs in pieces", count)
	}
}
