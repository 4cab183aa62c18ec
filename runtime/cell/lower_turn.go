package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// computes tells an operation, whose result the interpreter would put straight
// into its place, although that is an interface.
func (e *emitter) computes(x ast.Expr) bool {
	if e.info.Types[x].Value != nil {
		return false
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op != token.AND && x.Op != token.ARROW
	}
	return false
}

// anyCall tells whether there is a call, even one of append, among expressions.
func (e *emitter) anyCall(list []ast.Expr) bool {
	for _, x := range list {
		if _, ok := ast.Unparen(x).(*ast.CallExpr); ok && e.info.Types[x].Value == nil {
			return true
		}
	}
	return false
}

// anyNil tells whether nil is among expressions: the interpreter fails to assign
// it beside other values.
func (e *emitter) anyNil(list []ast.Expr) bool {
	return slices.ContainsFunc(list, func(x ast.Expr) bool { return e.info.Types[x].IsNil() })
}

// inTurn writes a, b = x, y by way of other variables: the interpreter fails to
// assign several values at once if one of them is an interface value or comes
// from a call. Constants and nil need none.
func (e *emitter) inTurn(s *ast.AssignStmt, rhs []string) string {
	var before strings.Builder
	places := make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		places[i] = e.fixed(x, &before)
	}
	return before.String() + e.byWay(places, s.Rhs, rhs)
}

// byWay assigns values, which exprs give, to places one after the other, by way
// of variables.
func (e *emitter) byWay(places []string, exprs []ast.Expr, values []string) string {
	var before, after strings.Builder
	for i, v := range values {
		if tv := e.info.Types[exprs[i]]; tv.Value == nil && !tv.IsNil() {
			t := e.l.temp("t")
			before.WriteString(t + " := " + v + "\n")
			v = t
		}
		after.WriteString(places[i] + " = " + v + "\n")
	}
	return before.String() + strings.TrimSuffix(after.String(), "\n")
}

// fixed writes a place to assign to so that later assignments do not change which
// one it is: what leads to it is evaluated first.
func (e *emitter) fixed(x ast.Expr, before *strings.Builder) string {
	keep := func(text string) string {
		t := e.l.temp("p")
		before.WriteString(t + " := " + text + "\n")
		return t
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.IndexExpr:
		base, index := "", e.indexText(x)
		if _, array := e.typeOf(x.X).Underlying().(*types.Array); array {
			base = e.fixed(x.X, before)
		} else {
			base = keep(e.expr(x.X, nil))
		}
		if e.info.Types[x.Index].Value == nil {
			index = keep(index)
		}
		return base + "[" + index + "]"
	case *ast.StarExpr:
		return "*" + keep(e.expr(x.X, nil))
	case *ast.SelectorExpr:
		sel, ok := e.info.Selections[x]
		if !ok || sel.Kind() != types.FieldVal {
			break
		}
		base := ""
		if _, pointer := e.typeOf(x.X).Underlying().(*types.Pointer); pointer {
			base = keep(e.expr(x.X, nil))
		} else {
			base = e.fixed(x.X, before)
		}
		index := sel.Index()
		text, _ := e.follow(base, e.typeOf(x.X), index[:len(index)-1])
		return text + "." + sel.Obj().Name()
	}
	return e.expr(x, nil)
}
