package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// In a function that defers, the body is a function literal, and so a scope of
// its own: there v, err := f() would declare a second err beside a parameter or
// result of that name, where Go assigns to the one that is there.

// redeclares tells whether a statement names a parameter or result of a function
// that defers among the variables that it defines.
func (e *emitter) redeclares(s *ast.AssignStmt) bool {
	return s.Tok == token.DEFINE && !e.topLevel && e.deferred != "" && slices.ContainsFunc(s.Lhs, e.isParameter)
}

// isParameter tells whether an expression is a parameter or result of the
// function itself, its receiver among them.
func (e *emitter) isParameter(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok || e.sig == nil || e.info.Uses[id] == nil {
		return false
	}
	v := e.info.Uses[id]
	in := func(t *types.Tuple) bool {
		for i := range t.Len() {
			if t.At(i) == v {
				return true
			}
		}
		return false
	}
	return in(e.sig.Params()) || in(e.sig.Results()) || e.sig.Recv() != nil && e.sig.Recv() == v
}

// redeclaring writes the statement by way of variables.
func (e *emitter) redeclaring(s *ast.AssignStmt) string {
	want := func(i int) types.Type {
		if !e.isParameter(s.Lhs[i]) {
			return nil
		}
		return e.typeOf(s.Lhs[i])
	}
	if len(s.Rhs) == 1 {
		before, values := e.several(s.Rhs[0], want)
		return before + e.freshly(s, values)
	}
	return e.defineInTurn(s)
}
