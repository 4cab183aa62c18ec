package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// line writes the directive that gives what follows its position in a cell. The
// interpreter looks up imports by the last part of a position's file name, so
// that an instance of generic code which another cell defined is at, say,
// "cell1/cell5:7:2": line 7 of cell1, in the file of cell5.
func (l *lowering) line(pos token.Pos) string {
	if !pos.IsValid() {
		return ""
	}
	p := l.s.fset.Position(pos)
	if p.Line < 1 || strings.ContainsAny(p.Filename, "*\n\r") {
		return ""
	}
	if p.Filename != l.ch.name {
		p.Filename += "/" + l.ch.name
	}
	return fmt.Sprintf("/*line %s:%d:%d*/", p.Filename, p.Line, max(p.Column, 1))
}

// generated writes the directive for what follows and has no place in a cell.
func (l *lowering) generated() string {
	return "/*line " + mark + "/" + l.ch.name + ":1:1*/"
}

// placed gives every line of a statement's text a position in the cell, but those
// that have one.
func (l *lowering) placed(pos token.Pos, text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i := 1; i < len(lines); i++ {
		if lines[i] != "" && !strings.HasPrefix(lines[i], "/*line ") {
			lines[i] = l.line(pos) + lines[i]
		}
	}
	return strings.Join(lines, "")
}

// spreads tells whether a statement without a block of its own goes over several
// lines of the cell, so that its expressions need positions of their own.
func (l *lowering) spreads(s ast.Stmt) bool {
	return l.s.fset.Position(s.Pos()).Line != l.s.fset.Position(s.End()).Line
}
