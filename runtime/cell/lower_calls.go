package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

func (e *emitter) call(x *ast.CallExpr) string {
	fun := ast.Unparen(x.Fun)
	if tv, ok := e.info.Types[fun]; ok {
		if tv.IsType() {
			return e.conversion(tv.Type, x)
		}
		if tv.IsBuiltin() {
			return e.builtin(fun, x)
		}
	}
	if e.isErrorsAs(fun) && len(x.Args) == 2 {
		if s := e.errorsAs(x); s != "" {
			return s
		}
	}
	if s := e.jsonCall(fun, x); s != "" {
		return s
	}
	e.refuseUnseen(fun, x)
	sig, ok := e.typeOf(x.Fun).Underlying().(*types.Signature)
	if !ok {
		e.unsupported(x.Pos(), "this call")
		return "nil"
	}
	return e.invoke(fun, e.arguments(sig, x))
}

// invoke writes the call of a function or method with arguments.
func (e *emitter) invoke(fun ast.Expr, args string) string {
	if s, ok := fun.(*ast.SelectorExpr); ok {
		if sel, ok := e.info.Selections[s]; ok && sel.Kind() == types.MethodVal {
			return e.methodCall(s, sel, args)
		}
	}
	return e.operand(fun) + "(" + args + ")"
}

func (e *emitter) arguments(sig *types.Signature, x *ast.CallExpr) string {
	use := e.useOf(x.Fun)
	if len(x.Args) == 1 {
		if t, ok := e.typeOf(x.Args[0]).(*types.Tuple); ok {
			return e.spread(sig, x.Args[0], t)
		}
	}
	args := make([]string, len(x.Args))
	for i, a := range x.Args {
		args[i] = e.argument(a, parameter(sig, i, x.Ellipsis.IsValid()), use)
	}
	if e.startsGoroutine(x.Fun) {
		args[len(args)-1] = e.guarded(x, args[len(args)-1])
	}
	return e.joined(sig, x, args)
}

// compiled tells functions and methods of packages.
func (e *emitter) compiled(fun ast.Expr) bool {
	id := calleeIdent(fun)
	if id == nil {
		return false
	}
	f, ok := e.info.Uses[id].(*types.Func)
	return ok && f.Pkg() != nil && !isCell(f.Pkg())
}

// spread writes the results of a call as arguments. The interpreter forwards
// them by itself; where one has to become an interface value, a function between
// the two makes it one.
func (e *emitter) spread(sig *types.Signature, x ast.Expr, t *types.Tuple) string {
	changes := false
	for i := range t.Len() {
		changes = changes || e.adapts(t.At(i).Type(), parameter(sig, i, false)) || e.mistaken(sig, i, t.At(i).Type())
	}
	if !changes {
		return e.expr(x, nil)
	}
	params, types, values := make([]string, t.Len()), make([]string, t.Len()), make([]string, t.Len())
	for i := range params {
		v, want := fmt.Sprintf("v%s%d", mark, i), parameter(sig, i, false)
		params[i], types[i] = v+" "+e.typ(t.At(i).Type()), e.typ(want)
		values[i] = e.adapt(v, t.At(i).Type(), want)
	}
	head := "(" + strings.Join(params, ", ") + ") (" + strings.Join(types, ", ") + ")"
	body := " { return " + strings.Join(values, ", ") + " }\n"
	fn := e.l.helper("spread "+head+body, func(name string) string { return "func " + name + head + body })
	return fn + "(" + e.expr(x, nil) + ")"
}

// parameter is the type of the parameter that argument i goes to.
func parameter(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		t := sig.Params().At(n - 1).Type()
		if s, ok := t.Underlying().(*types.Slice); ok && !spread {
			return s.Elem()
		}
		return t
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}

func (e *emitter) conversion(t types.Type, x *ast.CallExpr) string {
	if len(x.Args) != 1 {
		return "nil"
	}
	if s := e.unsafeConversion(t, x.Args[0]); s != "" {
		return s
	}
	arg := e.expr(x.Args[0], nil)
	if tv := e.info.Types[x.Args[0]]; tv.IsNil() {
		arg = "nil"
	}
	if types.IsInterface(e.concrete(t)) {
		return e.toInterface(t, x.Args[0])
	}
	return converter(e.typ(t)) + "(" + arg + ")"
}

// converter writes a type in front of the parenthesis of a conversion, which
// must not be taken for results of a function type at its end, nor what the
// type begins with for an operator.
func converter(name string) string {
	if strings.HasPrefix(name, "*") || strings.HasPrefix(name, "<-") || strings.Contains(name, "func(") || strings.Contains(name, "chan ") {
		return "(" + name + ")"
	}
	return name
}

// builtin writes a call of a predeclared function. Those younger than the
// interpreter become functions of their own.
func (e *emitter) builtin(fun ast.Expr, x *ast.CallExpr) string {
	name := ""
	switch f := fun.(type) {
	case *ast.Ident:
		name = e.info.ObjectOf(f).Name()
	case *ast.SelectorExpr:
		name = f.Sel.Name
		return e.unsafeCall(name, x)
	}
	switch name {
	case "min", "max":
		return e.extreme(name, x)
	case "clear":
		return e.clear(x)
	case "new":
		return e.newCall(x)
	case "make":
		return e.makeCall(x)
	case "append":
		return e.appendCall(x)
	case "panic":
		return "panic(" + e.panicValue(x.Args[0]) + ")"
	case "recover":
		return e.l.dyn() + ".Recover()"
	case "print", "println":
		// The interpreter's print has spaces, and both print one result of a call.
		function := map[string]string{"print": ".BuiltinPrint(", "println": ".BuiltinPrintln("}[name]
		return e.l.dyn() + function + e.list(x.Args, anyType) + ")"
	case "delete":
		m, _ := e.typeOf(x.Args[0]).Underlying().(*types.Map)
		if m == nil {
			return "nil"
		}
		return "delete(" + e.expr(x.Args[0], nil) + ", " + e.key(x.Args[1], m.Key()) + ")"
	}
	return name + "(" + e.list(x.Args, nil) + ")"
}

func (e *emitter) list(args []ast.Expr, want types.Type) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = e.expr(a, want)
	}
	return strings.Join(parts, ", ")
}

func (e *emitter) appendCall(x *ast.CallExpr) string {
	s, ok := e.typeOf(x).Underlying().(*types.Slice)
	if !ok {
		return "nil"
	}
	text := "append(" + e.expr(x.Args[0], nil)
	for _, a := range x.Args[1:] {
		text += ", " + e.expr(a, s.Elem())
	}
	if x.Ellipsis.IsValid() {
		text += "..."
	}
	return text + ")"
}

// newCall writes new(T) and, since Go 1.26, new(value).
func (e *emitter) newCall(x *ast.CallExpr) string {
	if tv := e.info.Types[x.Args[0]]; tv.IsType() {
		return "new(" + e.typ(tv.Type) + ")"
	}
	p, ok := e.typeOf(x).Underlying().(*types.Pointer)
	if !ok {
		return "nil"
	}
	t := e.typ(p.Elem())
	helper := e.l.helper("new "+t, func(name string) string {
		return fmt.Sprintf("func %s(v %s) *%s { return &v }\n", name, t, t)
	})
	return helper + "(" + e.expr(x.Args[0], p.Elem()) + ")"
}

// extreme writes min and max as calls of a function for the type.
func (e *emitter) extreme(name string, x *ast.CallExpr) string {
	t := e.typeOf(x)
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		e.unsupported(x.Pos(), "%s of %s", name, t)
		return "nil"
	}
	ts := e.typ(t)
	op := map[string]string{"min": "<", "max": ">"}[name]
	helper := e.l.helper(name+" "+ts, func(fn string) string {
		nan := ""
		if b.Info()&types.IsFloat != 0 {
			nan = "if a != a { return a }; if b != b { return b }; "
		}
		return fmt.Sprintf("func %s(a, b %s) %s { %sif b %s a { return b }; return a }\n", fn, ts, ts, nan, op)
	})
	text := e.expr(x.Args[0], t)
	for _, a := range x.Args[1:] {
		text = helper + "(" + text + ", " + e.expr(a, t) + ")"
	}
	return text
}

// clear writes clear as a call of a function for the type.
func (e *emitter) clear(x *ast.CallExpr) string {
	t := e.typeOf(x.Args[0])
	ts := e.typ(t)
	helper := e.l.helper("clear "+ts, func(fn string) string {
		body := e.l.dyn() + ".ClearMap(m)"
		if s, ok := t.Underlying().(*types.Slice); ok {
			body = fmt.Sprintf("var zero %s; for i := 0; i < len(m); i++ { m[i] = zero }", e.typ(s.Elem()))
		}
		return fmt.Sprintf("func %s(m %s) { %s }\n", fn, ts, body)
	})
	return helper + "(" + e.expr(x.Args[0], nil) + ")"
}

// helper returns the name of a small function, written once per session. The
// key says what it does and for which type, as the interpreter names it.
func (l *lowering) helper(key string, write func(name string) string) string {
	key = l.withoutAliases(key)
	if name, ok := l.ch.base.helpers[key]; ok {
		return name
	}
	if name, ok := l.change.helpers[key]; ok {
		return name
	}
	word, _, _ := strings.Cut(key, " ")
	name := fmt.Sprintf("%s%s%dh%d", word, mark, l.file, len(l.change.helpers))
	l.change.helpers[key] = name
	l.decls.WriteString(l.generated() + write(name))
	return name
}
