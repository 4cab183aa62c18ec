package cell

import (
	"fmt"
	"go/token"
	"strings"
)

// line writes the directive that gives what follows a position of the cell.
func (l *lowering) line(pos token.Pos) string {
	if !pos.IsValid() {
		return ""
	}
	p := l.s.fset.Position(pos)
	if p.Line < 1 || strings.ContainsAny(p.Filename, "*\n\r") {
		return ""
	}
	return fmt.Sprintf("/*line %s:%d:%d*/", p.Filename, p.Line, max(p.Column, 1))
}
