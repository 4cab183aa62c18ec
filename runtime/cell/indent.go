package cell

import (
	"go/token"
	"strings"
)

// A bracket is one that is open where an indentation is asked for.
type bracket struct {
	kind   token.Token
	line   int
	indent int  // tabs of the lines inside
	clause bool // the tokens of a case or default are being read
}

// nextIndent is the indentation of the line that follows code: one tab for each
// line that opens brackets, and one more than the line of the last case where
// one has begun.
func nextIndent(code string) string {
	toks, _ := tokens(code)
	var open []bracket
	line, next := 0, 0
	for _, t := range toks {
		line += strings.Count(code[next:t.offset], "\n")
		next = t.offset
		open = indented(open, t.kind, line, code)
	}
	if len(open) == 0 {
		return ""
	}
	return strings.Repeat("\t", open[len(open)-1].indent)
}

// indented follows the brackets over one token.
func indented(open []bracket, kind token.Token, line int, code string) []bracket {
	n := len(open)
	switch kind {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		b := bracket{kind: kind, line: line, indent: 1}
		if n > 0 {
			b.indent = open[n-1].indent
			if open[n-1].line != line {
				b.indent++
			}
		}
		return append(open, b)
	case token.RPAREN, token.RBRACK, token.RBRACE:
		return open[:max(0, n-1)]
	}
	if n == 0 || open[n-1].kind != token.LBRACE {
		return open
	}
	switch in := &open[n-1]; {
	case kind == token.CASE || kind == token.DEFAULT:
		in.clause = true
	case kind == token.COLON && in.clause:
		in.clause = false
		in.indent = 1 + leadingTabs(code, line)
		in.line = -1 // what opens behind the colon opens deeper
	}
	return open
}

// leadingTabs counts the tabs that a line, counted from 0, begins with.
func leadingTabs(code string, line int) int {
	for range line {
		_, code, _ = strings.Cut(code, "\n")
	}
	return len(code) - len(strings.TrimLeft(code, "\t"))
}
