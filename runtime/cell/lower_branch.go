package cell

import (
	"go/ast"
	"go/token"
	"strings"
)

// A loop is a statement being written that break or continue may mean.
type loop struct {
	label string
	after string // what continue does first, "" for nothing
	kind  loopKind
	// Of a range over a function, whose body is a function too: what leaves it
	// for a statement further out, by the code that says so.
	exits   map[int]*ast.BranchStmt
	returns bool
}

type loopKind int

const (
	plainLoop  loopKind = iota
	switchStmt          // or select
	rangeFunc
)

// within is an emitter for the inside of a statement.
func (e *emitter) within(l *loop) *emitter {
	n := e.nested()
	n.loops = append(e.loops[:len(e.loops):len(e.loops)], l)
	return n
}

func labelOf(s *ast.BranchStmt) string {
	if s.Label == nil {
		return ""
	}
	return s.Label.Name + mark + "label"
}

// branch writes break, continue, goto and fallthrough.
func (e *emitter) branch(s *ast.BranchStmt) {
	label := labelOf(s)
	to := -1
	if s.Tok == token.BREAK || s.Tok == token.CONTINUE {
		to = e.target(s.Tok, label)
	}
	if to >= 0 {
		if e.crosses(to) {
			e.leave(s, to)
			return
		}
		if l := e.loops[to]; l.kind == rangeFunc {
			e.printf("return %v\n", s.Tok == token.CONTINUE)
			return
		} else if s.Tok == token.CONTINUE && l.after != "" {
			e.printf("%s\n", l.after)
		}
	}
	e.printf("%s\n", strings.TrimSpace(s.Tok.String()+" "+label))
}

// target finds the statement that a break or continue means.
func (e *emitter) target(tok token.Token, label string) int {
	for i := len(e.loops) - 1; i >= 0; i-- {
		switch l := e.loops[i]; {
		case label != "":
			if l.label == label {
				return i
			}
		case tok == token.BREAK || l.kind != switchStmt:
			return i
		}
	}
	return -1
}

// crosses tells whether the body of a range over a function lies between here
// and a statement further out.
func (e *emitter) crosses(to int) bool {
	for _, l := range e.loops[to+1:] {
		if l.kind == rangeFunc {
			return true
		}
	}
	return false
}
