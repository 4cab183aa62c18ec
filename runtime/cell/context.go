package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// Where a cursor can be.
const (
	atName   = iota // where a name may stand
	afterDot        // after x. and perhaps the beginning of a name
	inImport        // in an import path
	inText          // in a comment, a string or a number
)

// A context is what the tokens before a cursor tell about it.
type context struct {
	kind    int
	start   int    // where the name at the cursor begins
	prefix  string // what is there of it
	closers string // what closes the brackets that are open at the cursor
	call    int    // offset of the end of the function's name in the innermost open call, or -1
}

// contextAt looks at the text before a cursor.
func contextAt(text string) context {
	toks, open := tokens(text)
	c := context{kind: atName, start: len(text), call: -1}
	for i := len(open) - 1; i >= 0; i-- {
		t := toks[open[i]]
		c.closers += map[token.Token]string{token.LPAREN: ")", token.LBRACK: "]", token.LBRACE: "\n}"}[t.kind]
		if t.kind == token.LPAREN && c.call < 0 && open[i] > 0 && toks[open[i]-1].kind == token.IDENT {
			prev := toks[open[i]-1]
			c.call = prev.offset + len(prev.lit)
		}
	}
	if len(toks) == 0 {
		return c
	}
	last := toks[len(toks)-1]
	touches := last.offset+len(last.lit) == len(text)
	before := toks[:len(toks)-1]
	switch {
	case last.kind == token.COMMENT && (touches || !strings.HasSuffix(last.lit, "*/") && !strings.Contains(text[last.offset:], "\n")):
		c.kind = inText
	case last.kind == token.STRING && touches && !closed(last.lit):
		c.kind = inText
		if inImportSpec(before) {
			c.kind, c.start, c.prefix = inImport, last.offset+1, last.lit[1:]
		}
	case (last.kind == token.INT || last.kind == token.FLOAT || last.kind == token.CHAR || last.kind == token.STRING) && touches:
		c.kind = inText
	case touches && (last.kind == token.IDENT || last.kind.IsKeyword()):
		c.start, c.prefix = last.offset, last.lit
		if len(before) > 0 && before[len(before)-1].kind == token.PERIOD {
			c.kind = afterDot
		}
	case last.kind == token.PERIOD:
		c.kind = afterDot
	}
	return c
}

// closed tells a whole string literal from the beginning of one.
func closed(lit string) bool {
	return len(lit) > 1 && lit[len(lit)-1] == lit[0]
}

// inImportSpec tells whether tokens end where an import path may stand.
func inImportSpec(toks []tok) bool {
	for i := len(toks) - 1; i >= 0; i-- {
		switch toks[i].kind {
		case token.IMPORT:
			return true
		case token.IDENT, token.PERIOD, token.STRING, token.LPAREN, token.SEMICOLON, token.COMMENT:
		default:
			return false
		}
	}
	return false
}

// tokens scans text and returns its tokens, comments among them, and the
// indexes of the brackets left open. Semicolons that the scanner supplies at the
// end of the text are left out.
func tokens(text string) (toks []tok, open []int) {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, kind, lit := s.Scan()
		if kind == token.EOF {
			return toks, open
		}
		t := tok{kind, file.Offset(pos), lit}
		if kind == token.SEMICOLON && lit == "\n" && t.offset >= len(text) {
			continue
		}
		if t.lit == "" {
			t.lit = kind.String()
		}
		switch kind {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			open = append(open, len(toks))
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		toks = append(toks, t)
	}
}
