package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// The body of a range over a function becomes the function that is passed to it.
// What leaves the body for somewhere else stores in a variable where to, and the
// statement after the call goes on there.

// returning is the code for a return statement.
const returning = -1

// rangesFunc tells whether a function ranges over a function itself.
func (e *emitter) rangesFunc(list []ast.Stmt) bool {
	found := false
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				_, ok := e.typeOf(n.X).Underlying().(*types.Signature)
				found = found || ok
			case *ast.FuncLit:
				return false
			}
			return !found
		})
	}
	return found
}

func (e *emitter) rangeFunc(s *ast.RangeStmt, sig *types.Signature, label string) {
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	if !ok {
		e.unsupported(s.X.Pos(), "this range statement")
		return
	}
	if e.exit == "" {
		e.exit = e.l.temp("exit")
		e.printf("%s := 0\n", e.exit)
	}
	l := &loop{label: label, kind: rangeFunc, exits: map[int]*ast.BranchStmt{}}
	n := e.within(l)
	n.b = &strings.Builder{}
	params, first := n.yieldParameters(s, yield)
	n.checkpoint()
	n.printf("%s", first)
	n.stmts(s.Body.List)
	f := e.l.temp("f")
	e.printf("%s := %s\n%s%s((func(%s) bool {\n%sreturn true\n}))\n",
		f, e.expr(s.X, nil), e.l.line(s.Pos()), f, params, n.b.String())
	e.exits(l)
}

// yieldParameters writes the parameters of the body, and what it begins with
// where the statement assigns to variables.
func (e *emitter) yieldParameters(s *ast.RangeStmt, yield *types.Signature) (params, first string) {
	var list []string
	vars := []ast.Expr{s.Key, s.Value}
	for i := range yield.Params().Len() {
		name := "_"
		if i < len(vars) && vars[i] != nil && !isBlank(vars[i]) {
			if s.Tok == token.DEFINE {
				name = e.name(e.info.Defs[vars[i].(*ast.Ident)])
			} else {
				name = e.l.temp("v")
				first += e.expr(vars[i], nil) + " = " + name + "\n"
			}
		}
		list = append(list, name+" "+e.typ(yield.Params().At(i).Type()))
	}
	return strings.Join(list, ", "), first
}

// leave writes a break or continue of a statement outside of the function that
// the body is.
func (e *emitter) leave(s *ast.BranchStmt, to int) {
	code := 2*to + 1
	if s.Tok == token.CONTINUE {
		code++
	}
	for _, l := range e.loops[to+1:] {
		if l.kind == rangeFunc {
			l.exits[code] = s
		}
	}
	e.printf("%s = %d\nreturn false\n", e.exit, code)
}

// leaveFunction writes the return from the function around the body.
func (e *emitter) leaveFunction() {
	for _, l := range e.loops {
		if l.kind == rangeFunc {
			l.returns = true
		}
	}
	e.printf("%s = %d\nreturn false\n", e.exit, returning)
}

// inRangeFunc tells whether a return here would leave only a loop's body.
func (e *emitter) inRangeFunc() bool { return e.crosses(-1) }

// exits writes what follows the call: going on where the body wanted to.
func (e *emitter) exits(l *loop) {
	codes := make([]int, 0, len(l.exits))
	for c := range l.exits {
		codes = append(codes, c)
	}
	sort.Ints(codes)
	for _, c := range codes {
		e.printf("if %s == %d {\n", e.exit, c)
		if s := l.exits[c]; e.crosses((c - 1) / 2) {
			e.printf("return false\n")
		} else {
			e.printf("%s = 0\n", e.exit)
			e.branch(s)
		}
		e.printf("}\n")
	}
	if !l.returns {
		return
	}
	e.printf("if %s == %d {\n", e.exit, returning)
	switch {
	case e.inRangeFunc():
		e.printf("return false\n")
	case e.deferred != "":
		e.printf("return\n")
	default:
		e.printf("return %s\n", strings.Join(e.outcome, ", "))
	}
	e.printf("}\n")
}
