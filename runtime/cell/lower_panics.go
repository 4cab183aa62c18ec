package cell

import (
	"go/ast"
	"go/types"
)

// makeCall writes a call of make. The interpreter makes no channel of one
// direction, but converts one of both.
func (e *emitter) makeCall(x *ast.CallExpr) string {
	t := e.info.TypeOf(x.Args[0])
	made := t
	c, ok := e.concrete(t).Underlying().(*types.Chan)
	if ok = ok && c.Dir() != types.SendRecv; ok {
		made = types.NewChan(types.SendRecv, c.Elem())
	}
	s := "make(" + e.typ(made)
	for _, a := range x.Args[1:] {
		s += ", " + e.expr(a, types.Typ[types.Int])
	}
	if ok {
		return "(" + e.typ(t) + ")(" + s + "))"
	}
	return s + ")"
}

// panicValue writes the argument of panic, in whose place Go has an error if it is nil.
func (e *emitter) panicValue(x ast.Expr) string {
	s := e.show(e.value(x, anyType), e.typeOf(x))
	if e.info.Types[x].IsNil() || types.IsInterface(e.typeOf(x)) {
		return e.l.dyn() + ".PanicValue(" + s + ")"
	}
	return s
}

// shiftCount writes the right operand of a shift. The interpreter takes a negative
// one for a large one, where Go panics.
func (e *emitter) shiftCount(x ast.Expr) string {
	s := e.operandOf(x, types.Typ[types.Uint])
	b, ok := e.concrete(e.typeOf(x)).Underlying().(*types.Basic)
	if e.info.Types[x].Value != nil || !ok || b.Info()&types.IsUnsigned != 0 {
		return s
	}
	return e.l.dyn() + ".ShiftCount(int64(" + s + "))"
}
