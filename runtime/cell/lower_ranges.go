package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// rangeString writes a loop over a string that wants the positions: the
// interpreter counts those wrong where the text is not valid UTF-8.
func (e *emitter) rangeString(s *ast.RangeStmt, label string) {
	text, next, r := e.l.temp("s"), e.l.temp("n"), e.l.temp("r")
	e.printf("%s := string(%s)\n%s := 0\n", text, e.expr(s.X, nil), next)
	first := e.rangeAssign(s, next, r)
	first += fmt.Sprintf("if %[1]s < 128 { %[2]s++ } else { %[2]s += %[3]s.RuneWidth(%[4]s, %[2]s) }\n", r, next, e.l.dyn(), text)
	e.writeLabel(label)
	e.b.WriteString(e.l.line(s.Pos()))
	e.printf("for _, %s := range %s", r, text)
	e.loopBody(s.Body, label, first, "")
}

// rangeIndexed writes a loop that takes the elements by their index or key: over
// a pointer to an array, of which the interpreter makes a copy, and over
// elements that are channels, from which it would receive.
func (e *emitter) rangeIndexed(s *ast.RangeStmt, label string) {
	x, i := e.l.temp("x"), e.l.temp("i")
	e.printf("%s := %s\n", x, e.expr(s.X, nil))
	e.writeLabel(label)
	e.b.WriteString(e.l.line(s.Pos()))
	if n, ok := arrayLength(e.typeOf(s.X)); ok {
		e.printf("for %s := 0; %s < %d; %s++", i, i, n, i)
	} else {
		e.printf("for %s := range %s", i, x)
	}
	e.loopBody(s.Body, label, e.rangeAssign(s, i, x+"["+i+"]"), "")
}

// rangeAssign writes what sets the variables of a range statement. Which place gets the value does not depend on what the
// key's has got, as in for i, x[i] = range s.
func (e *emitter) rangeAssign(s *ast.RangeStmt, key, value string) string {
	var before, after strings.Builder
	for i, x := range []ast.Expr{s.Key, s.Value} {
		from := [...]string{key, value}[i]
		switch {
		case x == nil || isBlank(x):
		case s.Tok == token.DEFINE:
			after.WriteString(e.expr(x, nil) + " := " + from + "\n")
		case i > 0 && e.depends([]ast.Expr{s.Key, x}):
			after.WriteString(e.fixed(x, &before) + " = " + from + "\n")
		default:
			after.WriteString(e.expr(x, nil) + " = " + from + "\n")
		}
	}
	return before.String() + after.String()
}

// arrayLength gives the length of the array that a pointer points to.
func arrayLength(t types.Type) (n int64, ok bool) {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return 0, false
	}
	a, ok := p.Elem().Underlying().(*types.Array)
	if !ok {
		return 0, false
	}
	return a.Len(), true
}

// byIndex tells the loops that rangeIndexed writes.
func (e *emitter) byIndex(s *ast.RangeStmt) bool {
	t := e.typeOf(s.X)
	if _, pointer := arrayLength(t); pointer {
		return true
	}
	if s.Value == nil {
		return false
	}
	var elem types.Type
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Array:
		elem = u.Elem()
	case *types.Map:
		elem = u.Elem()
	default:
		return false
	}
	_, channel := elem.Underlying().(*types.Chan)
	return channel
}
