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
	if e.redeclares(s) {
		return e.redeclaring(s)
	}
	lhs := make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		lhs[i] = e.expr(x, nil)
	}
	left := strings.Join(lhs, ", ") + " " + op + " "
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		return e.assignSeveral(left, s)
	}
	if op == ":=" && len(s.Lhs) > 1 && !e.exchanges(s.Rhs) {
		return e.defineInTurn(s)
	}
	rhs := make([]string, len(s.Rhs))
	for i, x := range s.Rhs {
		var want types.Type
		switch {
		case s.Tok == token.SHL_ASSIGN || s.Tok == token.SHR_ASSIGN:
			rhs[i] = e.shiftCount(x)
			continue
		case op != ":=" && !isBlank(s.Lhs[i]):
			want = e.typeOf(s.Lhs[i])
		}
		rhs[i] = e.expr(x, want)
	}
	if op == "=" && len(lhs) > 1 && (e.anyInterface(s.Lhs) || !e.exchanges(s.Rhs) || e.depends(s.Lhs)) {
		return e.inTurn(s, rhs)
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

// assignSeveral writes v, ok = x for a call, an index, an assertion or a receive.
func (e *emitter) assignSeveral(left string, s *ast.AssignStmt) string {
	place := func(i int) types.Type {
		if isBlank(s.Lhs[i]) || s.Tok == token.DEFINE && e.info.Defs[s.Lhs[i].(*ast.Ident)] != nil && !e.topLevel {
			return nil
		}
		return e.typeOf(s.Lhs[i])
	}
	_, receive := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	if strings.HasSuffix(left, " = ") && (receive || !names(s.Lhs)) {
		_, values := e.several(s.Rhs[0], func(int) types.Type { return nil })
		return e.received(s, values)
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
		return "", e.assertedOrZero(u)
	case *ast.CallExpr:
		return e.tuple(u, place)
	case *ast.IndexExpr:
		return "", e.foundOrZero(u)
	}
	return "", e.value(x, nil)
}
