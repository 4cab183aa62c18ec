package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// computes tells an operation, whose result the interpreter would put straight
// into its place, although that is an interface.
func (e *emitter) computes(x ast.Expr) bool {
	if e.info.Types[x].Value != nil {
		return false
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op != token.AND && x.Op != token.ARROW
	}
	return false
}

// exchanges tells whether the interpreter can assign values at once: those made of
// variables, their parts and constants by operators, as in a swap. It loses others:
// results of calls, composite values, pointers, nil.
func (e *emitter) exchanges(values []ast.Expr) bool {
	for _, x := range values {
		if !e.made(x) {
			return false
		}
	}
	return true
}

// made tells whether a value is made of variables and constants alone.
func (e *emitter) made(x ast.Expr) bool {
	tv := e.info.Types[x]
	if tv.Value != nil {
		return true
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return !tv.IsNil()
	case *ast.SelectorExpr:
		sel, ok := e.info.Selections[x]
		return !ok || sel.Kind() == types.FieldVal && e.made(x.X)
	case *ast.IndexExpr:
		return e.made(x.X) && e.made(x.Index)
	case *ast.StarExpr:
		return e.made(x.X)
	case *ast.BinaryExpr:
		return e.made(x.X) && e.made(x.Y)
	case *ast.UnaryExpr:
		return x.Op != token.AND && x.Op != token.ARROW && e.made(x.X)
	}
	return false
}

// inTurn writes a, b = x, y by way of other variables: the interpreter fails to
// assign several values at once if one of them is an interface value or more than
// an exchange. Constants and nil need no variable.
func (e *emitter) inTurn(s *ast.AssignStmt, rhs []string) string {
	var before strings.Builder
	places := make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		places[i] = e.fixed(x, &before)
	}
	return before.String() + e.byWay(places, s.Rhs, rhs)
}

// defineInTurn writes a, b := x, y for the same reason.
func (e *emitter) defineInTurn(s *ast.AssignStmt) string {
	var before, after strings.Builder
	for i, x := range s.Lhs {
		id := x.(*ast.Ident)
		var want types.Type
		op := " := "
		if e.info.Defs[id] == nil { // declared before, or blank
			op = " = "
			if id.Name != "_" {
				want = e.typeOf(x)
			}
		}
		value := e.expr(s.Rhs[i], want)
		if e.info.Types[s.Rhs[i]].Value == nil {
			t := e.l.temp("t")
			before.WriteString(t + " := " + value + "\n")
			value = t
		}
		after.WriteString(e.expr(x, nil) + op + value + "\n")
	}
	return before.String() + strings.TrimSuffix(after.String(), "\n")
}

// byWay assigns values, which exprs give, to places one after the other, by way
// of variables.
func (e *emitter) byWay(places []string, exprs []ast.Expr, values []string) string {
	var before, after strings.Builder
	for i, v := range values {
		if tv := e.info.Types[exprs[i]]; tv.Value == nil && !tv.IsNil() {
			t := e.l.temp("t")
			before.WriteString(t + " := " + v + "\n")
			v = t
		}
		after.WriteString(places[i] + " = " + v + "\n")
	}
	return before.String() + strings.TrimSuffix(after.String(), "\n")
}

// fixed writes a place to assign to so that later assignments do not change which
// one it is: what leads to it is evaluated first.
func (e *emitter) fixed(x ast.Expr, before *strings.Builder) string {
	keep := func(text string) string {
		t := e.l.temp("p")
		before.WriteString(t + " := " + text + "\n")
		return t
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.IndexExpr:
		base, index := "", e.indexText(x)
		if _, array := e.typeOf(x.X).Underlying().(*types.Array); array {
			base = e.fixed(x.X, before)
		} else {
			base = keep(e.expr(x.X, nil))
		}
		if e.info.Types[x.Index].Value == nil {
			index = keep(index)
		}
		return base + "[" + index + "]"
	case *ast.StarExpr:
		return "*" + keep(e.expr(x.X, nil))
	case *ast.SelectorExpr:
		sel, ok := e.info.Selections[x]
		if !ok || sel.Kind() != types.FieldVal {
			break
		}
		base := ""
		if _, pointer := e.typeOf(x.X).Underlying().(*types.Pointer); pointer {
			base = keep(e.expr(x.X, nil))
		} else {
			base = e.fixed(x.X, before)
		}
		index := sel.Index()
		text, _ := e.follow(base, e.typeOf(x.X), index[:len(index)-1])
		return text + "." + sel.Obj().Name()
	}
	return e.expr(x, nil)
}

// depends tells whether which places are assigned to depends on the assignment
// itself, as in i, m[i] = 1, 2: the interpreter finds each place when it gets there.
func (e *emitter) depends(places []ast.Expr) bool {
	assigned := map[types.Object]bool{}
	for _, x := range places {
		switch x := ast.Unparen(x).(type) {
		case *ast.Ident:
			assigned[e.info.ObjectOf(x)] = true
		case *ast.SelectorExpr:
			assigned[e.info.ObjectOf(x.Sel)] = true
		}
	}
	for _, x := range places {
		if e.leadsThrough(ast.Unparen(x), assigned) {
			return true
		}
	}
	return false
}

// leadsThrough tells whether what is evaluated to find a place may be one of the
// assigned variables and fields, or an element.
func (e *emitter) leadsThrough(place ast.Expr, assigned map[types.Object]bool) (found bool) {
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			found = found || assigned[e.info.ObjectOf(n)]
		case *ast.IndexExpr, *ast.StarExpr, *ast.CallExpr:
			found = true
		}
		return !found
	}
	switch x := place.(type) {
	case *ast.IndexExpr:
		ast.Inspect(x.X, look)
		ast.Inspect(x.Index, look)
	case *ast.SelectorExpr:
		ast.Inspect(x.X, look)
	case *ast.StarExpr:
		ast.Inspect(x.X, look)
	}
	return found
}

// names tells whether all of some places are variables, or blank.
func names(places []ast.Expr) bool {
	for _, x := range places {
		if _, ok := ast.Unparen(x).(*ast.Ident); !ok {
			return false
		}
	}
	return true
}

// received writes v, ok = <-c by way of other variables: the interpreter mixes up
// the places unless it defines both. It loses the values of a call that go to
// elements of a map.
func (e *emitter) received(s *ast.AssignStmt, values string) string {
	var before, after strings.Builder
	temps := make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		temps[i] = e.l.temp("t")
		if !isBlank(x) {
			place := e.fixed(x, &before)
			after.WriteString("\n" + place + " = " + e.adapt(temps[i], e.receivedType(s, i), e.typeOf(x)))
		}
	}
	return before.String() + strings.Join(temps, ", ") + " := " + values + after.String()
}

// receivedType is the type of a value that a receive gives.
func (e *emitter) receivedType(s *ast.AssignStmt, i int) types.Type {
	if t, ok := e.typeOf(s.Rhs[0]).(*types.Tuple); ok {
		return t.At(i).Type()
	}
	return nil
}
