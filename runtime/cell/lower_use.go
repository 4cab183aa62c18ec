package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// A use is what a called function does with arguments of type any.
type use int

const (
	keeps    use = iota // an interface value, as code of cells wants it
	reflects            // looks at the value by reflection: it gets it as it is
	shows               // prints or displays it
)

// useOf tells what a function does with arguments of type any.
func (e *emitter) useOf(fun ast.Expr) use {
	id := calleeIdent(fun)
	if id == nil {
		return keeps
	}
	f, ok := e.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || isCell(f.Pkg()) {
		return keeps
	}
	switch path := f.Pkg().Path(); {
	case path == "fmt" && printing[f.Name()]:
		return keeps // runtime/dyn has these
	case path == "log", path == "log/slog", path == "testing", path == "fmt",
		path == "ipclab", strings.HasSuffix(path, "/ipclab"):
		return shows
	case path == "errors", path == "context", path == "sync", path == "sync/atomic",
		strings.HasPrefix(path, "container/"):
		return keeps
	}
	return reflects
}

// printing are the functions of package fmt that runtime/dyn has too.
var printing = map[string]bool{
	"Print": true, "Println": true, "Printf": true, "Sprint": true, "Sprintln": true, "Sprintf": true,
	"Fprint": true, "Fprintln": true, "Fprintf": true, "Append": true, "Appendln": true, "Appendf": true,
	"Errorf": true,
}

// argument writes an argument for a parameter of the type want. A function
// literal is put in parentheses: without them, compiled code would get a
// function that looks at the variables of the loop around it too late.
func (e *emitter) argument(x ast.Expr, want types.Type, use use) string {
	if lit, ok := x.(*ast.FuncLit); ok {
		return "(" + e.funcLit(lit) + ")"
	}
	if want == nil || use == keeps {
		return e.expr(x, want)
	}
	w := types.Unalias(e.concrete(want))
	if i, ok := w.Underlying().(*types.Interface); !ok || i.NumMethods() > 0 || e.info.Types[x].IsNil() {
		return e.expr(x, want)
	}
	text := e.value(x, want)
	if use == shows {
		if _, ptr := e.typeOf(x).Underlying().(*types.Pointer); ptr && scans(x) {
			return e.scanned(x, text)
		}
		return e.show(text, e.typeOf(x))
	}
	return text
}

// scans tells &x: what is passed so is to be filled in.
func scans(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.UnaryExpr)
	return ok
}

// scanned writes what package fmt is to fill in: by its own Scan method if it has
// one of a cell.
func (e *emitter) scanned(x ast.Expr, text string) string {
	t := e.typeOf(x)
	fmtPackage, err := e.l.s.packages.Import("fmt")
	if err != nil || !e.hasCellMethods(t) {
		return text
	}
	scanner := fmtPackage.Scope().Lookup("Scanner").Type()
	if !types.Implements(t, scanner.Underlying().(*types.Interface)) {
		return text
	}
	return e.adapt(text, t, scanner)
}

// isErrorsAs tells the function errors.As.
func (e *emitter) isErrorsAs(fun ast.Expr) bool {
	id := calleeIdent(fun)
	if id == nil {
		return false
	}
	f, ok := e.info.Uses[id].(*types.Func)
	return ok && f.Name() == "As" && f.Pkg() != nil && f.Pkg().Path() == "errors"
}

// errorsAs writes errors.As for a target that is of a cell's type, which
// reflection does not know to be an error; "" for any other.
func (e *emitter) errorsAs(x *ast.CallExpr) string {
	p, ok := e.typeOf(x.Args[1]).Underlying().(*types.Pointer)
	if !ok || !e.described(p.Elem()) && !ownInterface(p.Elem()) {
		return ""
	}
	t := p.Elem()
	ts := e.typ(t)
	fn := e.l.helper("asError "+ts+" "+e.typ(p)+displayName(t), func(name string) string {
		return fmt.Sprintf("func %s(err error, p *%s) bool {\nreturn %s.FindError(err, func(x interface{}) bool {\nv, ok := %s\nif ok { *p = v }\nreturn ok\n})\n}\n",
			name, ts, e.l.dyn(), e.assertOK("x", anyType, t))
	})
	return fn + "(" + e.expr(x.Args[0], types.Universe.Lookup("error").Type()) + ", " + e.expr(x.Args[1], nil) + ")"
}
