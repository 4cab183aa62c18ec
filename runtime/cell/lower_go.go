package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A panic in a goroutine would end the process of all cells. So it is the host
// that starts goroutines, and that guards the functions which the standard
// library calls in goroutines of its own.

// goStmt writes a go statement: the function and its arguments are evaluated, as
// for a deferred call, and the host starts a goroutine that makes the call.
func (e *emitter) goStmt(s *ast.GoStmt) string {
	var before strings.Builder
	call := e.deferredCall(&before, s.Call)
	return fmt.Sprintf("%s%s.Go(%s, %s)", before.String(), e.l.host(), e.origin(s.Pos()), apart(call))
}

// apart writes a function literal as the result of a function: when a literal
// returns, the interpreter writes to the frame in which it was made, where the
// next iteration of a loop may just have made the next one.
func apart(lit string) string { return "func() func() { return " + lit + " }()" }

// origin writes the cell and the line of what starts a goroutine.
func (e *emitter) origin(pos token.Pos) string {
	at := e.l.s.fset.Position(pos)
	return fmt.Sprintf("%q, %d", at.Filename, at.Line)
}

// startsGoroutine tells the functions that call their last argument in a
// goroutine.
func (e *emitter) startsGoroutine(fun ast.Expr) bool {
	id := calleeIdent(fun)
	if id == nil {
		return false
	}
	f, ok := e.info.Uses[id].(*types.Func)
	if !ok {
		return false
	}
	switch f.FullName() {
	case "time.AfterFunc", "context.AfterFunc", "(*sync.WaitGroup).Go":
		return true
	}
	return false
}

// guarded writes a function that such a one may call.
func (e *emitter) guarded(x *ast.CallExpr, f string) string {
	return fmt.Sprintf("%s.Guard(%s, %s)", e.l.host(), e.origin(x.Pos()), f)
}

// ownLiteral takes a function literal that such a function calls out of the call,
// to a variable of its own.
func (e *emitter) ownLiteral(x *ast.CallExpr) (before string, call *ast.CallExpr) {
	if !e.startsGoroutine(x.Fun) {
		return "", x
	}
	last := len(x.Args) - 1
	lit, ok := ast.Unparen(x.Args[last]).(*ast.FuncLit)
	if !ok {
		return "", x
	}
	id := &ast.Ident{NamePos: lit.Pos(), Name: e.l.temp("d")}
	e.info.Types[id] = e.info.Types[lit]
	own := *x
	own.Args = append(x.Args[:last:last], id)
	return fmt.Sprintf("%s := %s\n", id.Name, apart(e.funcLit(lit))), &own
}
