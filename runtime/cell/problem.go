package cell

import (
	"fmt"
	"sort"
	"strings"
)

// maxProblems is how many problems of one cell are reported, as by the compiler.
const maxProblems = 10

// A Problem is one reason why a cell cannot run.
type Problem struct {
	Line    int    // of the cell, from 1
	Column  int    // of the line, from 1, in bytes
	Message string // in the compiler's words, without position
	Text    string // the whole source line, for a caret below Column
}

// Error holds all problems of a cell, at least one, in the order of the source.
type Error struct {
	Name     string // the cell's name, as given to Prepare
	Problems []Problem
}

// Error gives one line a problem, "name:line:column: message".
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.Name, p.Line, p.Column, p.Message)
	}
	return b.String()
}

// problems collects what is wrong with one source text.
type problems struct {
	src  string
	list []found
}

type found struct {
	offset  int
	message string
}

// add records a problem at a byte offset of the source; offsets outside of it
// stand for its nearest end.
func (ps *problems) add(offset int, format string, args ...any) {
	offset = max(0, min(offset, len(ps.src)))
	ps.list = append(ps.list, found{offset, fmt.Sprintf(format, args...)})
}

// err returns the problems as an *Error, or nil when there are none: in source
// order, one of several on the same line with the same words, ten at most.
func (ps *problems) err(name string) *Error {
	if len(ps.list) == 0 {
		return nil
	}
	sort.SliceStable(ps.list, func(i, j int) bool { return ps.list[i].offset < ps.list[j].offset })
	e := &Error{Name: name}
	seen := map[string]bool{}
	for _, f := range ps.list {
		p := Problem{Message: f.message}
		p.Line, p.Column, p.Text = locate(ps.src, f.offset)
		key := fmt.Sprint(p.Line, p.Message)
		if seen[key] || len(e.Problems) == maxProblems {
			continue
		}
		seen[key] = true
		e.Problems = append(e.Problems, p)
	}
	return e
}

// locate gives line and column (both from 1) and the line's text of an offset.
func locate(src string, offset int) (line, column int, text string) {
	start := strings.LastIndexByte(src[:offset], '\n') + 1
	text = src[start:]
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	return 1 + strings.Count(src[:offset], "\n"), offset - start + 1, strings.TrimSuffix(text, "\r")
}
