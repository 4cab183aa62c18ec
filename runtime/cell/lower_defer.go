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
	push := ".Push(("
	if e.cannotRecover(s.Call) {
		push = ".PushApart(("
	}
	return before.String() + e.deferred + push + call + "))"
}

// cannotRecover tells deferred calls of which it is known that the function does
// not call recover itself.
func (e *emitter) cannotRecover(x *ast.CallExpr) bool {
	switch fun := ast.Unparen(x.Fun).(type) {
	case *ast.FuncLit:
		return !e.recovers(fun.Body)
	case *ast.Ident:
		if e.info.Types[fun].IsBuiltin() {
			return true
		}
		for _, d := range e.l.ch.declFile.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Body != nil && e.info.Defs[f.Name] != nil && e.info.Defs[f.Name] == e.info.Uses[fun] {
				return !e.recovers(f.Body)
			}
		}
	}
	return false
}

// recovers tells whether a function's own body calls recover.
func (e *emitter) recovers(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			b, ok := e.info.Uses[n].(*types.Builtin)
			found = found || ok && b.Name() == "recover"
		}
		return !found
	})
	return found
}

// deferredCall writes the function that makes a call.
func (e *emitter) deferredCall(before *strings.Builder, x *ast.CallExpr) string {
	fun := ast.Unparen(x.Fun)
	if tv := e.info.Types[fun]; tv.IsBuiltin() || tv.IsType() {
		return e.deferredBuiltin(before, x)
	}
	if lit, ok := fun.(*ast.FuncLit); ok && len(lit.Type.Params.List) == 0 && e.info.TypeOf(lit).(*types.Signature).Results().Len() == 0 {
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
	if sig.Variadic() && !x.Ellipsis.IsValid() && !e.compiled(x.Fun) && !(len(args) == 1 && strings.Contains(args[0], ", ")) {
		args = e.listed(sig, args)
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
