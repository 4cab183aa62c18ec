package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// What v, ok = m[k] and v, ok = x.(T) do to v when there is nothing: the interpreter
// leaves in it what was there before, also in v, ok := in a loop. A variable of a
// function is zero each time; a result would be the caller's variable.

// foundOrZero writes an index expression with two values.
func (e *emitter) foundOrZero(x *ast.IndexExpr) string {
	t := e.typeOf(x.X)
	m, ok := e.concrete(t).Underlying().(*types.Map)
	if !ok {
		return e.value(x, nil)
	}
	params := fmt.Sprintf("(m %s, k %s) (%s, bool)", e.typ(t), e.typ(m.Key()), e.typ(m.Elem()))
	fn := e.l.helper("found "+params, func(name string) string {
		return "func " + name + params + " { r, ok := m[k]; return r, ok }\n"
	})
	return fn + "(" + e.operand(x.X) + ", " + e.indexText(x) + ")"
}

// assertedOrZero writes a type assertion with two values.
func (e *emitter) assertedOrZero(x *ast.TypeAssertExpr) string {
	t := e.concrete(e.info.TypeOf(x.Type))
	s := e.assertOK(e.operand(x.X), e.typeOf(x.X), t)
	assertion := ".(" + e.typ(t) + ")"
	found, ok := strings.CutSuffix(s, assertion)
	if types.IsInterface(t) || !ok {
		return s
	}
	fn := e.l.helper("asserted "+assertion, func(name string) string {
		return fmt.Sprintf("func %s(x interface{}) (%s, bool) { r, ok := x%s; return r, ok }\n", name, e.typ(t), assertion)
	})
	return fn + "(" + found + ")"
}
