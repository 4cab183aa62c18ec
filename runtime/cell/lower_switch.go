package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// switchStmt writes an expression switch. The interpreter loses clauses of one
// with an initial statement, or with a call before its brace.
func (e *emitter) switchStmt(s *ast.SwitchStmt, label string) {
	n := e.within(&loop{label: label, kind: switchStmt})
	if s.Init != nil {
		n.printf("{\n%s\n", n.simple(s.Init))
		defer n.printf("}\n")
	}
	var tag types.Type
	text := ""
	if s.Tag != nil {
		tag = n.typeOf(s.Tag)
		text = n.expr(s.Tag, nil)
		if _, simple := ast.Unparen(s.Tag).(*ast.Ident); !simple && n.info.Types[s.Tag].Value == nil {
			t := n.l.temp("t")
			text = t + " := " + text + "; " + t
		}
		if _, comparable := tag.Underlying().(*types.Interface); !comparable && !types.Comparable(tag) {
			// A function, map or slice: all clauses are nil.
			t := n.l.temp("t")
			n.printf("%s := %s == nil\n", t, n.expr(s.Tag, nil))
			text = t
		}
	}
	n.writeLabel(label)
	n.printf("switch %s {\n", text)
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			n.printf("default:\n")
		} else {
			n.caseOf(c.List, tag)
		}
		n.stmts(c.Body)
	}
	n.printf("}\n")
}

// caseOf writes the beginning of a clause. Of several expressions the interpreter
// evaluates only the first, unless they are compared with a tag and need no
// evaluation. Else each gets a clause of its own, which falls through to the next.
func (e *emitter) caseOf(list []ast.Expr, tag types.Type) {
	if tag == nil || ownInterface(e.concrete(tag)) || !e.atHand(list) {
		last := len(list) - 1
		for _, x := range list[:last] {
			e.printf("%scase %s:\nfallthrough\n", e.l.line(x.Pos()), e.cases([]ast.Expr{x}, tag))
		}
		list = list[last:]
	}
	e.printf("%scase %s:\n", e.l.line(list[0].Pos()), e.cases(list, tag))
}

// atHand reports whether all expressions are names or constants.
func (e *emitter) atHand(list []ast.Expr) bool {
	for _, x := range list {
		if _, name := ast.Unparen(x).(*ast.Ident); !name && e.info.Types[x].Value == nil {
			return false
		}
	}
	return true
}

// cases writes the expressions of a clause. The interpreter would convert what an
// interface holds to the type of an expression.
func (e *emitter) cases(list []ast.Expr, tag types.Type) string {
	texts := make([]string, len(list))
	for i, x := range list {
		switch {
		case tag == nil || !e.info.Types[x].IsNil():
			texts[i] = e.expr(x, tag)
		case types.Comparable(e.concrete(tag)):
			texts[i] = e.key(x, tag)
		default:
			texts[i] = "true"
		}
		if t := e.typeOf(x); tag != nil && ownInterface(e.concrete(tag)) && !types.IsInterface(t) && !e.boxed(t) && !e.info.Types[x].IsNil() {
			texts[i] = e.l.dyn() + ".Raw(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, ", ")
}

func (e *emitter) ifStmt(s *ast.IfStmt) {
	n := e.nested()
	if init := n.simple(s.Init); strings.Contains(init, "\n") {
		// What has to come first makes a block of it.
		n.printf("{\n%s\n", init)
		rest := *s
		rest.Init = nil
		n.ifStmt(&rest)
		n.printf("}\n")
		return
	} else if init != "" {
		n.printf("if %s; ", init)
	} else {
		n.printf("if ")
	}
	n.printf("%s%s {\n", n.l.line(s.Cond.Pos()), n.expr(s.Cond, nil))
	n.stmts(s.Body.List)
	switch els := s.Else.(type) {
	case *ast.IfStmt:
		n.printf("} else ")
		n.ifStmt(els)
	case *ast.BlockStmt:
		n.printf("} else {\n")
		n.stmts(els.List)
		n.printf("}\n")
	default:
		n.printf("}\n")
	}
}
