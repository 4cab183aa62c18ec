package cell

import (
	"go/ast"
	"go/token"
	"strconv"
)

// earlier ends a name that means what it meant before this cell, in statements
// that come before the cell's own definition of the name.
const earlier = mark + "earlier"

// A toplevel is a parsed cell made ready for the checker, which knows no
// variables that are both visible to functions and defined in sequence: the
// variables that top-level statements define become package variables, and names
// used before such a statement get the ending earlier.
type toplevel struct {
	*parsed
	stmts   []ast.Stmt // as written, for lowering
	rest    []ast.Stmt // what stays a statement for the checker
	vars    []ast.Decl // package variables for the checker
	defined map[string]bool
	temps   int
	last    []ast.Expr // the expressions that the cell ends with
	program bool       // the cell is a whole program: it defines main and has no statements but variables
}

func newToplevel(p *parsed) *toplevel {
	t := &toplevel{parsed: p, stmts: p.body.List, defined: map[string]bool{}}
	for _, s := range t.stmts {
		t.stmt(s)
	}
	t.program = definesMain(p.declFile) && len(t.rest) == 0 && t.onlyVariables()
	if !t.program {
		t.renameEarlier()
	}
	t.last = t.values()
	return t
}

// values gives the expressions that the cell ends with: one, or a list with commas.
func (t *toplevel) values() (list []ast.Expr) {
	n := min(1+len(t.commas), len(t.stmts))
	for _, s := range t.stmts[len(t.stmts)-n:] {
		e, ok := s.(*ast.ExprStmt)
		if !ok {
			return nil
		}
		list = append(list, e.X)
	}
	return list
}

func definesMain(f *ast.File) bool {
	for _, d := range f.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
			return true
		}
	}
	return false
}

func (t *toplevel) onlyVariables() bool {
	for _, s := range t.stmts {
		if _, ok := s.(*ast.DeclStmt); !ok {
			return false
		}
	}
	return true
}

func (t *toplevel) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			t.define(s)
			return
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			t.variables(d)
			return
		}
	}
	t.rest = append(t.rest, s)
}

// variables moves a var declaration to package level.
func (t *toplevel) variables(d *ast.GenDecl) {
	t.vars = append(t.vars, d)
	for _, s := range d.Specs {
		for _, id := range s.(*ast.ValueSpec).Names {
			t.defined[id.Name] = true
		}
	}
}

// define turns x, y := e into a declaration of the new names and an assignment
// to the others.
func (t *toplevel) define(s *ast.AssignStmt) {
	fresh := make([]bool, len(s.Lhs))
	count, names := 0, map[string]bool{}
	for i, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			t.problems.add(t.offset(l.Pos()), "non-name on left side of :=")
			return
		}
		if id.Name != "_" && names[id.Name] {
			t.problems.add(t.offset(id.Pos()), "%s repeated on left side of :=", id.Name)
			return
		}
		names[id.Name] = true
		fresh[i] = id.Name == "_" || !t.defined[id.Name]
		if fresh[i] && id.Name != "_" {
			count++
		}
	}
	if count == 0 {
		t.problems.add(t.offset(s.TokPos), "no new variables on left side of :=")
		return
	}
	if len(s.Rhs) == len(s.Lhs) {
		t.defineEach(s, fresh)
	} else {
		t.defineTuple(s, fresh)
	}
	for name := range names {
		t.defined[name] = true
	}
}

func (t *toplevel) defineEach(s *ast.AssignStmt, fresh []bool) {
	for i, l := range s.Lhs {
		if fresh[i] {
			t.declare([]*ast.Ident{l.(*ast.Ident)}, s.Rhs[i:i+1])
		} else {
			t.assign(s, l, s.Rhs[i])
		}
	}
}

func (t *toplevel) defineTuple(s *ast.AssignStmt, fresh []bool) {
	ids := make([]*ast.Ident, len(s.Lhs))
	for i, l := range s.Lhs {
		ids[i] = l.(*ast.Ident)
		if !fresh[i] {
			t.temps++
			ids[i] = &ast.Ident{NamePos: l.Pos(), Name: ids[i].Name + mark + strconv.Itoa(t.temps)}
			t.assign(s, l, &ast.Ident{NamePos: l.Pos(), Name: ids[i].Name})
		}
	}
	t.declare(ids, s.Rhs)
}

func (t *toplevel) assign(s *ast.AssignStmt, l, r ast.Expr) {
	t.rest = append(t.rest, &ast.AssignStmt{Lhs: []ast.Expr{l}, TokPos: s.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{r}})
}

func (t *toplevel) declare(ids []*ast.Ident, values []ast.Expr) {
	pos := ids[0].Pos()
	t.vars = append(t.vars, &ast.GenDecl{TokPos: pos, Tok: token.VAR, Specs: []ast.Spec{
		&ast.ValueSpec{Names: ids, Values: values},
	}})
}

// renameEarlier marks the identifiers that the parser did not resolve within the
// statements although the cell defines their name there: they come first.
func (t *toplevel) renameEarlier() {
	for _, id := range t.stmtFile.Unresolved {
		if t.defined[id.Name] {
			id.Name += earlier
		}
	}
}

// checkFiles gives the trees for the checker.
func (t *toplevel) checkFiles(imports []ast.Spec, more []ast.Decl) []*ast.File {
	t.body.List = t.rest
	return []*ast.File{
		t.fileOf(t.declFile, imports, append(t.declFile.Decls[:len(t.declFile.Decls):len(t.declFile.Decls)], more...)),
		t.fileOf(t.stmtFile, imports, append(t.vars[:len(t.vars):len(t.vars)], t.stmtFile.Decls...)),
	}
}

// fileOf makes a file like another with these imports and declarations.
func (t *toplevel) fileOf(like *ast.File, imports []ast.Spec, decls []ast.Decl) *ast.File {
	f := *like
	f.Decls = nil
	if len(imports) > 0 {
		f.Decls = append(f.Decls, &ast.GenDecl{Tok: token.IMPORT, Specs: imports})
	}
	f.Decls = append(f.Decls, decls...)
	return &f
}
