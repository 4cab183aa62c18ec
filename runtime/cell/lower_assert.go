package cell

import (
	"fmt"
	"go/ast"
	"go/types"
)

// What a compiled function returns is converted to interface{} before its type
// is asserted: the interpreter fails on an empty struct otherwise.

// assertTo writes the value that an interface value x, known to be of the
// concrete type t, holds.
func (e *emitter) assertTo(x string, t types.Type) string {
	ts := e.typ(t)
	if e.boxed(t) {
		return fmt.Sprintf("interface{}(%s.Unbox(%s, %s)).(%s)", e.l.dyn(), x, e.desc(t), ts)
	}
	return fmt.Sprintf("%s.(%s)", x, ts)
}

// typeAssert writes x.(T) with one value, which panics as Go does.
func (e *emitter) typeAssert(x *ast.TypeAssertExpr) string {
	t := e.concrete(e.info.TypeOf(x.Type))
	s := e.operand(x.X)
	d := e.l.dyn
	switch {
	case ownInterface(t):
		return fmt.Sprintf("%s.MustImplement(%s, %s)", d(), s, e.interfaceDesc(t))
	case types.IsInterface(t):
		fn := e.l.helper("must "+e.typ(t), func(name string) string {
			return fmt.Sprintf("func %s(x interface{}) %s { r, ok := %s(x); if !ok { %s.MustImplement(x, %s) }; return r }\n",
				name, e.typ(t), e.toForeign(t), d(), e.interfaceDesc(t))
		})
		return fn + "(" + s + ")"
	case e.boxed(t) || cellNamed(elemOf(t)) != nil:
		return e.asserted(s, t, func(x string) string { return fmt.Sprintf("%s.Must(%s, %s)", d(), x, e.desc(t)) })
	case e.described(t) || foreignInterface(e.typeOf(x.X)):
		return e.asserted(s, t, func(x string) string { return d() + ".Raw(" + x + ")" })
	}
	if call, ok := ast.Unparen(x.X).(*ast.CallExpr); isBool(t) || ok && e.info.Types[call.Fun].IsType() {
		return e.assertedApart(s, t, func(x string) string { return x })
	}
	return s + ".(" + e.typ(t) + ")"
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// asserted writes an assertion of what a compiled function makes of x. Among
// operands of && and || the interpreter loses its way in one, and ends the function;
// one of a bool that is a condition it takes for true. There it is in a function of
// its own.
func (e *emitter) asserted(x string, t types.Type, made func(x string) string) string {
	if !e.logical && !isBool(t) {
		return fmt.Sprintf("interface{}(%s).(%s)", made(x), e.typ(t))
	}
	return e.assertedApart(x, t, made)
}

func (e *emitter) assertedApart(x string, t types.Type, made func(x string) string) string {
	ts := e.typ(t)
	fn := e.l.helper("assert "+made("x")+ts, func(name string) string {
		return fmt.Sprintf("func %s(x interface{}) %s { return interface{}(%s).(%s) }\n", name, ts, made("x"), ts)
	})
	return fn + "(" + x + ")"
}

// assertOK writes an expression with two values, as v, ok := x.(T) needs it on
// the right, for an interface value with static type from.
func (e *emitter) assertOK(x string, from, t types.Type) string {
	d := e.l.dyn
	switch {
	case ownInterface(t):
		fn := e.l.helper("is "+displayName(t)+" "+e.interfaceDesc(t), func(name string) string {
			return fmt.Sprintf("func %s(x interface{}) (r interface{}, ok bool) { if %s.Implements(x, %s) { return x, true }; return nil, false }\n",
				name, d(), e.interfaceDesc(t))
		})
		return fn + "(" + x + ")"
	case types.IsInterface(t):
		return e.toForeign(t) + "(" + x + ")"
	case e.boxed(t):
		return fmt.Sprintf("interface{}(%s.Unbox(%s, %s)).(%s)", d(), x, e.desc(t), e.typ(t))
	case foreignInterface(from) || e.described(t):
		return fmt.Sprintf("interface{}(%s.Raw(%s)).(%s)", d(), x, e.typ(t))
	}
	return x + ".(" + e.typ(t) + ")"
}

func elemOf(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// typeSwitch writes a type switch as a chain of assertions in a switch, so that
// break works: the interpreter's own confuses types.
func (e *emitter) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	n := e.within(&loop{label: label, kind: switchStmt})
	n.printf("switch ")
	if s.Init != nil {
		n.printf("%s; ", n.simple(s.Init))
	}
	var x ast.Expr
	bound := ""
	switch g := s.Assign.(type) {
	case *ast.AssignStmt:
		bound = n.localName(g.Lhs[0].(*ast.Ident).Name)
		x = g.Rhs[0]
	case *ast.ExprStmt:
		x = g.X
	}
	operand := ast.Unparen(x).(*ast.TypeAssertExpr).X
	value, static := n.l.temp("x"), n.typeOf(operand)
	n.printf("{\ndefault:\n%s := %s\n", value, n.expr(operand, nil))
	n.typeCases(s.Body.List, bound, value, static)
	n.printf("}\n")
}

func (e *emitter) typeCases(clauses []ast.Stmt, bound, value string, static types.Type) {
	var last *ast.CaseClause
	open := 0
	for _, c := range clauses {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			last = c
			continue
		}
		e.typeCase(c, bound, value, static)
		e.printf("} else {\n")
		open++
	}
	if last != nil {
		e.caseBody(last, bound, value)
	}
	for range open {
		e.printf("}\n")
	}
}

// typeCase writes the test of a clause and its body.
func (e *emitter) typeCase(c *ast.CaseClause, bound, value string, static types.Type) {
	if len(c.List) == 1 && !e.info.Types[c.List[0]].IsNil() {
		v, ok := "_", e.l.temp("ok")
		if bound != "" {
			v = e.l.temp("v")
		}
		t := e.concrete(e.info.TypeOf(c.List[0]))
		e.printf("if %s, %s := %s; %s {\n", v, ok, e.assertOK(value, static, t), ok)
		e.caseBody(c, bound, v)
		return
	}
	cond := ""
	for i, x := range c.List {
		if i > 0 {
			cond += " || "
		}
		if e.info.Types[x].IsNil() {
			cond += value + " == nil"
			continue
		}
		ok := e.l.temp("ok")
		e.printf("_, %s := %s\n", ok, e.assertOK(value, static, e.concrete(e.info.TypeOf(x))))
		cond += ok
	}
	e.printf("if %s {\n", cond)
	e.caseBody(c, bound, value)
}

func (e *emitter) caseBody(c *ast.CaseClause, bound, value string) {
	if obj := e.info.Implicits[c]; obj != nil && bound != "" {
		e.renamed[obj] = bound
		e.printf("%s := %s\n", bound, value)
	}
	e.stmts(c.Body)
}
