package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// shown tells whether the value of the cell's last expression is its result.
// Calls that people make for their effect have results that nobody looks at.
func (e *emitter) shown(x ast.Expr) bool {
	tv := e.info.Types[x]
	if tv.IsVoid() || tv.IsNil() || tv.IsType() || tv.IsBuiltin() {
		return false
	}
	switch u := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		return !e.forEffect(u)
	case *ast.UnaryExpr:
		return u.Op != token.ARROW || !forWaiting(e.typeOf(x))
	}
	return true
}

// forWaiting tells of what type the elements of channels are that one receives from in
// order to wait: <-done has nothing to see, and <-time.After(d) has the time.
func forWaiting(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Struct); ok && s.NumFields() == 0 {
		return true
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "time" && n.Obj().Name() == "Time"
}

// forEffect tells calls such as fmt.Println(…), f.Write(…) and copy(…).
func (e *emitter) forEffect(x *ast.CallExpr) bool {
	id := calleeIdent(x.Fun)
	if id == nil {
		return false
	}
	switch obj := e.info.Uses[id].(type) {
	case *types.Builtin:
		return obj.Name() == "copy" || obj.Name() == "recover"
	case *types.Func:
		return countsAndError(obj.Signature()) && effectName(obj)
	}
	return false
}

// countsAndError tells results such as (n int, err error), with one or more of
// any integer types.
func countsAndError(sig *types.Signature) bool {
	last := sig.Results().Len() - 1
	for i := range last {
		b, ok := sig.Results().At(i).Type().Underlying().(*types.Basic)
		if !ok || b.Info()&types.IsInteger == 0 {
			return false
		}
	}
	return last > 0 && isError(sig.Results().At(last).Type())
}

// effectName tells functions that write, print, send, scan or copy by their names.
func effectName(f *types.Func) bool {
	name := f.Name()
	if f.Pkg() != nil && f.Pkg().Path() == "fmt" {
		return true
	}
	if f.Pkg() != nil && f.Pkg().Path() == "io" && strings.HasPrefix(name, "Copy") {
		return true
	}
	for _, p := range []string{"Write", "Print", "Fprint", "ReadFrom", "Pwrite", "Send"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// result writes the call that hands the last values to the host.
func (e *emitter) result(last []ast.Expr) {
	var shows []string
	for _, x := range last {
		switch {
		case len(last) > 1 && !e.shown(x):
			e.stmt(&ast.ExprStmt{X: x})
		default:
			shows = append(shows, e.values(x, len(last) > 1)...)
		}
	}
	e.printf("%s.Result(%s)\n", e.l.host(), strings.Join(shows, ", "))
}

// values writes what a last expression gives, for the host. Apart from others, what it gives is kept in variables, since
// the next expression may change it.
func (e *emitter) values(x ast.Expr, apart bool) (shows []string) {
	e.pos = x.Pos()
	e.b.WriteString(e.l.line(x.Pos()))
	n := e.nested()
	t, ok := e.info.TypeOf(x).(*types.Tuple)
	if !ok && !apart {
		return []string{n.show(n.expr(x, nil), n.typeOf(x))}
	}
	names := []string{e.l.temp("r")}
	kinds := []types.Type{e.info.TypeOf(x)}
	if ok {
		names, kinds = nil, nil
		for v := range t.Variables() {
			names, kinds = append(names, e.l.temp("r")), append(kinds, v.Type())
		}
	}
	n.printf("%s := %s\n", strings.Join(names, ", "), n.expr(x, nil))
	for i, name := range names {
		shows = append(shows, n.show(name, types.Default(kinds[i])))
	}
	return shows
}

// show writes a value for compiled code that prints it.
func (e *emitter) show(x string, t types.Type) string {
	t = e.concrete(t)
	if e.plain(t) {
		return x
	}
	return e.l.dyn() + ".Show(" + e.box(x, t) + ")"
}

// plain tells types whose values compiled code can print by itself.
func (e *emitter) plain(t types.Type) bool {
	t = types.Unalias(t)
	switch u := t.(type) {
	case *types.Basic:
		return true
	case *types.Named:
		return !isCell(u.Obj().Pkg()) && !types.IsInterface(u)
	}
	return false
}
