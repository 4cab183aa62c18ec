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
	start   int         // where the name at the cursor begins
	prefix  string      // what is there of it
	closers string      // what closes the brackets that are open at the cursor
	call    int         // offset of the end of the function's name in the innermost open call, or -1
	before  token.Token // what comes before the name at the cursor
	chain   int         // where the operand begins whose member is wanted
}

// naming tells whether the name at the cursor is one that a declaration makes.
func (c context) naming() bool {
	switch c.before {
	case token.FUNC, token.TYPE, token.VAR, token.CONST, token.PACKAGE:
		return c.kind == atName && c.prefix != ""
	}
	return false
}

// label tells whether the name at the cursor must be a label, if it is there.
func (c context) label() bool {
	switch c.before {
	case token.BREAK, token.CONTINUE, token.GOTO:
		return c.kind == atName
	}
	return false
}

// contextAt looks at the text before a cursor.
func contextAt(text string) context {
	toks, open := tokens(text)
	c := context{kind: atName, start: len(text), call: -1}
	for i := len(open) - 1; i >= 0; i-- {
		t := toks[open[i]]
		c.closers += map[token.Token]string{token.LPAREN: ")", token.LBRACK: "]", token.LBRACE: "}"}[t.kind]
		if t.kind == token.LPAREN && c.call < 0 {
			c.call = callee(toks[:open[i]])
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
	c.surroundings(toks)
	return c
}

// surroundings notes what comes before the name at the cursor.
func (c *context) surroundings(toks []tok) {
	if n := len(toks); toks[n-1].offset >= c.start {
		toks = toks[:n-1]
	}
	c.chain = c.start
	if len(toks) == 0 {
		return
	}
	c.before = toks[len(toks)-1].kind
	if c.kind == afterDot {
		c.chain = operand(toks[:len(toks)-1], c.start)
	}
}

// operand gives the offset at which the operand begins that tokens end with:
// names, calls and indexes joined by dots.
func operand(toks []tok, none int) int {
	i := len(toks)
	for i > 0 {
		j := opening(toks, i-1)
		named := j > 0 && toks[j-1].kind == token.IDENT
		if j < i-1 && (named || j > 0 && closing(toks[j-1].kind)) {
			i = j // a call or an index: go on with what is called or indexed
			continue
		}
		if toks[i-1].kind != token.IDENT && j == i-1 {
			return none
		}
		if j < 2 || toks[j-1].kind != token.PERIOD {
			return toks[j].offset
		}
		i = j - 1
	}
	return none
}

func closing(k token.Token) bool {
	return k == token.RPAREN || k == token.RBRACK || k == token.RBRACE
}

// opening finds the bracket that the one at index i closes; i itself if there is
// none.
func opening(toks []tok, i int) int {
	depth := 0
	for j := i; j >= 0; j-- {
		switch toks[j].kind {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth--
		}
		if depth <= 0 {
			return j
		}
	}
	return i
}

// callee gives the offset of the end of the name that tokens end with, type
// arguments left out, or -1.
func callee(toks []tok) int {
	i := len(toks) - 1
	if i > 0 && toks[i].kind == token.RBRACK {
		i = opening(toks, i) - 1
	}
	if i < 0 || toks[i].kind != token.IDENT {
		return -1
	}
	return toks[i].offset + len(toks[i].lit)
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
