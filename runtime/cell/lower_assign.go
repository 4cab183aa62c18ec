package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (e *emitter) assign(s *ast.AssignStmt) string {
	op := s.Tok.String()
	if s.Tok == token.DEFINE && e.topLevel {
		op = "="
	}
	lhs := make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		lhs[i] = e.expr(x, nil)
	}
	left := strings.Join(lhs, ", ") + " " + op + " "
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		return e.assignSeveral(left, s)
	}
	rhs := make([]string, len(s.Rhs))
	for i, x := range s.Rhs {
		var want types.Type
		switch {
		case s.Tok == token.SHL_ASSIGN || s.Tok == token.SHR_ASSIGN:
			want = types.Typ[types.Uint]
		case op != ":=" && !isBlank(s.Lhs[i]):
			want = e.typeOf(s.Lhs[i])
		}
		rhs[i] = e.expr(x, want)
	}
	if op == "=" && len(lhs) > 1 && (e.anyInterface(s.Lhs) || e.anyNil(s.Rhs)) {
		return e.inTurn(lhs, s.Rhs, rhs)
	}
	if op == "=" && len(lhs) > 1 && e.anyCall(s.Rhs) {
		return e.valuesFirst(s.Rhs, rhs) + left + strings.Join(rhs, ", ")
	}
	return left + strings.Join(rhs, ", ")
}

func (e *emitter) anyInterface(list []ast.Expr) bool {
	for _, x := range list {
		if !isBlank(x) && ownInterface(e.typeOf(x)) {
			return true
		}
	}
	return false
}

// anyCall tells whether one of the values is that of a call.
func (e *emitter) anyCall(list []ast.Expr) bool {
	found := false
	for _, x := range list {
		if e.info.Types[x].Value != nil {
			continue
		}
		ast.Inspect(x, func(n ast.Node) bool {
			_, call := n.(*ast.CallExpr)
			found = found || call
			return !found
		})
	}
	return found
}

// valuesFirst gives the values of a, b = x, f() other variables before they are
// assigned: the interpreter assigns the values beside a call before it has them.
// Constants and nil need none. The names take the place of the values in rhs.
func (e *emitter) valuesFirst(exprs []ast.Expr, rhs []string) (before string) {
	var names, values []string
	for i, x := range exprs {
		if tv := e.info.Types[x]; tv.Value != nil || tv.IsNil() {
			continue
		}
		names, values = append(names, e.l.temp("t")), append(values, rhs[i])
		rhs[i] = names[len(names)-1]
	}
	return strings.Join(names, ", ") + " := " + strings.Join(values, ", ") + "\n"
}

// header writes a simple statement for the head of a loop or switch, where there
// is room for one: what takes several to assign becomes a function.
func (e *emitter) header(s ast.Stmt) string {
	text := e.simple(s)
	if a, ok := s.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN && strings.Contains(text, "\n") {
		return "func() {\n" + text + "\n}()"
	}
	return text
}

func (e *emitter) anyNil(list []ast.Expr) bool {
	for _, x := range list {
		if e.info.Types[x].IsNil() {
			return true
		}
	}
	return false
}

// inTurn writes a, b = x, y by way of other variables: the interpreter fails to
// assign several interface values at once, and nil beside others. Constants and nil need none.
func (e *emitter) inTurn(lhs []string, exprs []ast.Expr, rhs []string) string {
	var names, values []string
	text := ""
	for i, l := range lhs {
		v := rhs[i]
		if tv := e.info.Types[exprs[i]]; tv.Value == nil && !tv.IsNil() {
			names, values = append(names, e.l.temp("t")), append(values, v)
			v = names[len(names)-1]
		}
		text += "\n" + l + " = " + v
	}
	if len(names) == 0 {
		return text[1:]
	}
	return strings.Join(names, ", ") + " := " + strings.Join(values, ", ") + text
}

// assignSeveral writes v, ok = x for a call, an index, an assertion or a receive.
func (e *emitter) assignSeveral(left string, s *ast.AssignStmt) string {
	place := func(i int) types.Type {
		if isBlank(s.Lhs[i]) || s.Tok == token.DEFINE && e.info.Defs[s.Lhs[i].(*ast.Ident)] != nil && !e.topLevel {
			return nil
		}
		return e.typeOf(s.Lhs[i])
	}
	before, values := e.several(s.Rhs[0], place)
	if _, call := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); !call && s.Tok == token.DEFINE && !e.topLevel && e.anyKept(s) {
		return before + e.freshly(s, values)
	}
	return before + left + values
}

// anyKept tells whether a function literal or a pointer may keep one of the
// variables that a statement defines.
func (e *emitter) anyKept(s *ast.AssignStmt) bool {
	for _, x := range s.Lhs {
		if v := e.info.Defs[x.(*ast.Ident)]; v != nil && e.function != nil && e.keeps(e.function, v) {
			return true
		}
	}
	return false
}

// freshly writes v, ok := x for variables that are kept: the interpreter would
// use the same variables each time the statement is run.
func (e *emitter) freshly(s *ast.AssignStmt, values string) string {
	temps, copies := make([]string, len(s.Lhs)), ""
	for i, x := range s.Lhs {
		id := x.(*ast.Ident)
		if id.Name == "_" {
			temps[i] = "_"
			continue
		}
		temps[i] = e.l.temp("t")
		op := " = "
		if e.info.Defs[id] != nil {
			op = " := "
		}
		copies += "\n" + e.expr(x, nil) + op + temps[i]
	}
	return strings.Join(temps, ", ") + " := " + values + copies
}

// several writes an expression that has several values.
func (e *emitter) several(x ast.Expr, place func(i int) types.Type) (before, values string) {
	switch u := ast.Unparen(x).(type) {
	case *ast.TypeAssertExpr:
		return "", e.assertOK(e.operand(u.X), e.typeOf(u.X), e.concrete(e.info.TypeOf(u.Type)))
	case *ast.CallExpr:
		return e.tuple(u, place)
	case *ast.ParenExpr, *ast.IndexExpr, *ast.UnaryExpr:
		return "", e.value(u, nil)
	}
	return "", e.value(x, nil)
}
