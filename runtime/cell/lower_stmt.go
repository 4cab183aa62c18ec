package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// statements writes the cell's statements, the body of its entry function.
func (l *lowering) statements(e *emitter) string {
	if l.ch.program {
		main := l.ch.pkg.Scope().Lookup("main")
		return l.id(main) + "()\n"
	}
	e.topLevel = true
	e.function = l.ch.body
	l.ch.body.List = l.ch.stmts
	list, last := l.ch.stmts, l.ch.last
	if l.ch.silent || !slices.ContainsFunc(last, e.shown) {
		last = nil
	}
	list = list[:len(list)-len(last)]
	write := func(n *emitter) {
		n.stmts(list)
		if last != nil {
			n.result(last)
		}
	}
	if defers(list) {
		e.deferring(write)
	} else {
		write(e)
	}
	return e.b.String()
}

func (e *emitter) stmts(list []ast.Stmt) {
	for _, s := range list {
		e.stmt(s)
	}
}

// stmt writes one statement on lines of its own.
func (e *emitter) stmt(s ast.Stmt) {
	label := e.label
	e.label = ""
	e.pos = s.Pos()
	switch s := s.(type) {
	case *ast.EmptyStmt:
		if label != "" {
			e.printf("{}\n")
		}
		return
	case *ast.LabeledStmt:
		e.labeled(s)
		return
	case *ast.BlockStmt:
		e.printf("{\n")
		e.nested().stmts(s.List)
		e.printf("}\n")
		return
	case *ast.ForStmt:
		e.forStmt(s, label)
		return
	case *ast.RangeStmt:
		e.rangeStmt(s, label)
		return
	}
	e.b.WriteString(e.l.line(s.Pos()))
	defer func(outer bool) { e.apart = outer }(e.apart)
	e.apart = e.l.spreads(s)
	switch s := s.(type) {
	case *ast.DeclStmt:
		e.declStmt(s)
	case *ast.IfStmt:
		e.ifStmt(s)
	case *ast.SwitchStmt:
		e.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		e.typeSwitch(s, label)
	case *ast.SelectStmt:
		e.selectStmt(s, label)
	case *ast.BranchStmt:
		e.branch(s)
	case *ast.ReturnStmt:
		e.returnStmt(s)
	default:
		e.printf("%s\n", e.l.placed(s.Pos(), e.simple(s)))
	}
}

func (e *emitter) printf(format string, args ...any) { fmt.Fprintf(e.b, format, args...) }

// localName is what a variable of a function is called: nothing that may be
// needed as a name of the package.
func (e *emitter) localName(name string) string {
	if reserved(name) || e.l.isPackageName(name) {
		return name + mark + "l"
	}
	return name
}

// nested is an emitter for a block, where := declares.
func (e *emitter) nested() *emitter {
	n := *e
	n.topLevel = false
	return &n
}

// simple writes a statement that may stand in a header.
func (e *emitter) simple(s ast.Stmt) string {
	switch s := s.(type) {
	case nil:
		return ""
	case *ast.ExprStmt:
		return e.exprStmt(s.X)
	case *ast.SendStmt:
		var elem types.Type
		if c, ok := e.typeOf(s.Chan).Underlying().(*types.Chan); ok {
			elem = c.Elem()
		}
		return e.expr(s.Chan, nil) + " <- " + e.expr(s.Value, elem)
	case *ast.IncDecStmt:
		return e.expr(s.X, nil) + s.Tok.String()
	case *ast.AssignStmt:
		return e.assign(s)
	case *ast.GoStmt:
		return e.goStmt(s)
	case *ast.DeferStmt:
		return e.deferStmt(s)
	}
	e.unsupported(s.Pos(), "this statement")
	return ""
}

// exprStmt writes a call or a receive; the last expression of a cell with a
// semicolon can be any, and is then evaluated for nothing.
func (e *emitter) exprStmt(x ast.Expr) string {
	switch u := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		if tv := e.info.Types[u.Fun]; !tv.IsType() && e.info.Types[u].Value == nil {
			before, call := e.ownLiteral(u)
			if before != "" {
				e.info.Types[call] = e.info.Types[u]
				return before + e.expr(call, nil)
			}
			return e.expr(x, nil)
		}
	case *ast.UnaryExpr:
		if u.Op == token.ARROW {
			return e.expr(x, nil)
		}
	}
	if tv := e.info.Types[x]; tv.IsNil() {
		return ""
	}
	return "_ = " + e.expr(x, nil)
}

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}

// declStmt writes declarations within functions, and at top level assignments
// to the variables that the package declares.
func (e *emitter) declStmt(s *ast.DeclStmt) {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			e.localType(spec)
		case *ast.ValueSpec:
			if d.Tok == token.VAR {
				e.variables(spec)
			}
		}
	}
}

func (e *emitter) variables(s *ast.ValueSpec) {
	if !e.topLevel && e.hidesUsed(s) {
		e.shadowing(s)
		return
	}
	if !e.topLevel {
		for _, id := range s.Names {
			if id.Name != "_" {
				v := e.info.Defs[id]
				e.printf("var %s %s\n", e.name(v), e.typ(v.Type()))
			}
		}
	}
	switch {
	case len(s.Values) > 0:
		e.initialValues(s)
	case e.topLevel:
		for _, id := range s.Names {
			if v, ok := e.info.Defs[id].(*types.Var); ok && id.Name != "_" {
				e.zero(v)
			}
		}
	}
}

// zero sets a variable of the package to its zero value, where the interpreter
// has it from an earlier cell.
func (e *emitter) zero(v *types.Var) {
	if !e.l.fresh(v) {
		z := e.l.temp("zero")
		e.printf("{ var %s %s; %s = %s }\n", z, e.typ(v.Type()), e.name(v), z)
	}
}

func (e *emitter) initialValues(s *ast.ValueSpec) {
	names := make([]string, len(s.Names))
	for i, id := range s.Names {
		names[i] = "_"
		if id.Name != "_" {
			names[i] = e.name(e.info.Defs[id])
		}
	}
	if len(s.Values) == 1 && len(s.Names) > 1 {
		before, values := e.several(s.Values[0], func(i int) types.Type {
			if s.Names[i].Name == "_" {
				return nil
			}
			return e.info.Defs[s.Names[i]].Type()
		})
		e.printf("%s%s = %s\n", before, strings.Join(names, ", "), values)
		return
	}
	values := make([]string, len(s.Values))
	for i, v := range s.Values {
		var want types.Type
		if len(s.Names) == len(s.Values) && s.Names[i].Name != "_" {
			want = e.info.Defs[s.Names[i]].Type()
		}
		values[i] = e.expr(v, want)
	}
	if len(names) > 1 {
		e.printf("%s\n", e.byWay(names, s.Values, values))
		return
	}
	e.printf("%s = %s\n", names[0], values[0])
}

// localType writes a type declared in a function as one of the package, where
// the interpreter handles it better. In generic code each instance has its own.
func (e *emitter) localType(s *ast.TypeSpec) {
	obj, ok := e.info.Defs[s.Name].(*types.TypeName)
	if !ok || obj.IsAlias() || s.Name.Name == "_" {
		return
	}
	named, ok := obj.Type().(*types.Named)
	if !ok {
		return
	}
	if named.TypeParams().Len() > 0 {
		e.unsupported(s.Pos(), "a generic type in a function")
		return
	}
	name := e.l.s.version(obj.Name())
	if len(e.subst) > 0 {
		e.renamed[obj] = name
	} else {
		e.l.ids[obj] = name
		if foreignType(e.info.TypeOf(s.Type)) {
			e.l.foreign[obj] = true
		}
	}
	e.typeDecl(name, named, e.info.TypeOf(s.Type))
}
