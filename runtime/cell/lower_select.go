package cell

import (
	"go/ast"
	"go/token"
)

// selectStmt writes a select statement. A received value that is assigned goes
// through a variable of the clause, which is all that the interpreter knows.
func (e *emitter) selectStmt(s *ast.SelectStmt, label string) {
	n := e.within(&loop{label: label, kind: switchStmt})
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
