package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// Deferred calls are kept by runtime/dyn: the body of a function that defers
// becomes a function literal, which is run together with them.

// defers tells whether a function body itself has a defer statement.
func defers(list []ast.Stmt) bool {
	found := false
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.DeferStmt:
				found = true
			case *ast.FuncLit:
				return false
			}
			return !found
		})
	}
	return found
}

// deferring writes what write does as the body of a function that defers.
func (e *emitter) deferring(write func(*emitter)) {
	n := *e
	n.deferred = e.l.temp("defers")
	n.printf("%s := %s.NewDefers()\n%s.Run(func() {\n", n.deferred, e.l.dyn(), n.deferred)
	write(&n)
	n.printf("})\n")
}

// deferStmt writes a defer statement: the function and its arguments are
// evaluated, and a call of them is kept.
func (e *emitter) deferStmt(s *ast.DeferStmt) string {
	var before strings.Builder
	call := e.deferredCall(&before, s.Call)
	return before.String() + e.deferred + ".Push((" + call + "))"
}

// deferredCall writes the function that makes a call.
func (e *emitter) deferredCall(before *strings.Builder, x *ast.CallExpr) string {
	fun := ast.Unparen(x.Fun)
	if tv := e.info.Types[fun]; tv.IsBuiltin() || tv.IsType() {
		return e.deferredBuiltin(before, x)
	}
	if lit, ok := fun.(*ast.FuncLit); ok && len(x.Args) == 0 && e.info.TypeOf(lit).(*types.Signature).Results().Len() == 0 {
		return e.funcLit(lit)
	}
	sig, ok := e.typeOf(fun).Underlying().(*types.Signature)
	if !ok {
		e.unsupported(x.Pos(), "this call")
		return "nil"
	}
	f := e.l.temp("d")
	fmt.Fprintf(before, "%s := %s\n", f, e.callee(fun))
	args := make([]string, len(x.Args))
	use := e.useOf(x.Fun)
	for i, a := range x.Args {
		args[i] = e.kept(before, a, e.argument(a, parameter(sig, i, x.Ellipsis.IsValid()), use))
	}
	text := strings.Join(args, ", ")
	if x.Ellipsis.IsValid() {
		text += "..."
	}
	return "func() { " + f + "(" + text + ") }"
}

// callee writes a function value.
func (e *emitter) callee(fun ast.Expr) string {
	if x, ok := fun.(*ast.SelectorExpr); ok {
		if sel, ok := e.info.Selections[x]; ok && sel.Kind() == types.MethodVal {
			return e.methodValue(x, sel)
		}
	}
	return e.expr(fun, nil)
}

// deferredBuiltin writes the function that calls a predeclared one.
func (e *emitter) deferredBuiltin(before *strings.Builder, x *ast.CallExpr) string {
	call := *x
	call.Args = make([]ast.Expr, len(x.Args))
	for i, a := range x.Args {
		call.Args[i] = a
		if tv := e.info.Types[a]; tv.IsType() || tv.Value != nil || tv.IsNil() {
			continue
		}
		id := &ast.Ident{NamePos: a.Pos(), Name: e.kept(before, a, e.expr(a, nil))}
		e.info.Types[id] = e.info.Types[a]
		call.Args[i] = id
	}
	return "func() { " + e.exprStmt(&call) + " }"
}

// kept writes a variable that has the value of an expression until later.
func (e *emitter) kept(before *strings.Builder, x ast.Expr, text string) string {
	tv := e.info.Types[x]
	if tv.Value != nil || tv.IsNil() {
		return text
	}
	names := []string{e.l.temp("d")}
	if t, ok := tv.Type.(*types.Tuple); ok {
		for range t.Len() - 1 {
			names = append(names, e.l.temp("d"))
		}
	}
	list := strings.Join(names, ", ")
	fmt.Fprintf(before, "%s := %s\n", list, text)
	return list
}
