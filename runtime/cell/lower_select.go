package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// selectStmt writes a select statement. A received value that is assigned goes
// through a variable of the clause, which is all that the interpreter knows.
func (e *emitter) selectStmt(s *ast.SelectStmt, label string) {
	n := e.within(&loop{label: label, kind: switchStmt})
	operands, s := n.operandsFirst(s)
	if operands != "" {
		n.printf("{\n%s", operands)
		defer n.printf("}\n")
	}
	if label != "" {
		n.writeLabel(label)
		n.b.WriteString(n.l.line(s.Pos()))
	}
	n.printf("select {\n")
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		first := ""
		switch comm := c.Comm.(type) {
		case nil:
			n.printf("default:\n")
		case *ast.AssignStmt:
			first = n.receiveClause(comm)
		default:
			n.printf("case %s:\n", n.simple(comm))
		}
		// Without a block, the interpreter goes on after the select statement
		// where a clause ends in a branch to somewhere else.
		n.printf("%s{\n", first)
		n.stmts(c.Body)
		n.printf("}\n")
	}
	n.printf("}\n")
}

// operandsFirst writes the operands of a select statement to variables, and gives
// the statement with those, if it has a clause v, ok := <-f(): the interpreter does
// not call f there.
func (e *emitter) operandsFirst(s *ast.SelectStmt) (before string, _ *ast.SelectStmt) {
	if !slices.ContainsFunc(s.Body.List, callsForTwo) {
		return "", s
	}
	var b strings.Builder
	body := *s.Body
	body.List = make([]ast.Stmt, len(s.Body.List))
	for i, c := range s.Body.List {
		clause := *c.(*ast.CommClause)
		clause.Comm = e.withVariables(&b, clause.Comm)
		body.List[i] = &clause
	}
	return b.String(), &ast.SelectStmt{Select: s.Select, Body: &body}
}

// callsForTwo tells a clause v, ok := <-c where c is more than a name.
func callsForTwo(clause ast.Stmt) bool {
	a, ok := clause.(*ast.CommClause).Comm.(*ast.AssignStmt)
	if !ok || len(a.Lhs) < 2 {
		return false
	}
	_, name := ast.Unparen(ast.Unparen(a.Rhs[0]).(*ast.UnaryExpr).X).(*ast.Ident)
	return !name
}

// withVariables gives a clause's operation with variables as operands.
func (e *emitter) withVariables(before *strings.Builder, comm ast.Stmt) ast.Stmt {
	receive := func(x ast.Expr) ast.Expr {
		u := *ast.Unparen(x).(*ast.UnaryExpr)
		u.X = e.inVariable(before, u.X, nil)
		e.info.Types[&u] = e.info.Types[x]
		return &u
	}
	switch comm := comm.(type) {
	case *ast.SendStmt:
		var elem types.Type
		if c, ok := e.typeOf(comm.Chan).Underlying().(*types.Chan); ok {
			elem = c.Elem()
		}
		return &ast.SendStmt{Chan: e.inVariable(before, comm.Chan, nil), Arrow: comm.Arrow, Value: e.inVariable(before, comm.Value, elem)}
	case *ast.AssignStmt:
		a := *comm
		a.Rhs = []ast.Expr{receive(comm.Rhs[0])}
		return &a
	case *ast.ExprStmt:
		return &ast.ExprStmt{X: receive(comm.X)}
	}
	return comm
}

// inVariable writes an expression to a variable, and gives that.
func (e *emitter) inVariable(before *strings.Builder, x ast.Expr, want types.Type) ast.Expr {
	if tv := e.info.Types[x]; tv.Value != nil || tv.IsNil() {
		return x
	}
	id := &ast.Ident{NamePos: x.Pos(), Name: e.kept(before, x, e.expr(x, want))}
	tv := e.info.Types[x]
	if want != nil {
		tv.Type = want
	}
	e.info.Types[id] = tv
	return id
}

func (e *emitter) receiveClause(s *ast.AssignStmt) (first string) {
	rhs := e.expr(s.Rhs[0], nil)
	names := make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		switch {
		case isBlank(x):
			names[i] = "_"
		case s.Tok == token.DEFINE:
			names[i] = e.name(e.info.Defs[x.(*ast.Ident)])
		default:
			names[i] = e.l.temp("v")
			first += e.expr(x, nil) + " = " + names[i] + "\n"
		}
	}
	list := names[0]
	if len(names) > 1 {
		list += ", " + names[1]
	}
	e.printf("case %s := %s:\n", list, rhs)
	return first
}
