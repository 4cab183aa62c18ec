package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// mark is a letter that separates the parts of names made here from what people
// write: an identifier of a cell that contains it is refused.
const mark = "ˑ"

// A segment is one top-level declaration or statement of a cell with its closing
// semicolon, as byte offsets.
type segment struct {
	start, end int
	decl       bool // import, type, const, func: their order does not matter
}

// A scan is what the tokens of a cell alone tell.
type scan struct {
	src      string
	segments []segment
	idents   map[string]bool // every identifier, whatever it means
	silent   bool            // the last token is a written semicolon
	commas   []int           // offsets of those between the values that the cell ends with
	hanging  bool            // a comma follows the last of these values
	clause   bool            // there is a package clause; it is no segment
	openAt   int             // offset of the last bracket left open, or -1
	problems problems
}

// tok is a token of the segment being read.
type tok struct {
	kind   token.Token
	offset int
	lit    string
}

// scanCell splits a cell. Errors of the scanner go to problems; a closing
// bracket that closes nothing is one as well, since no segment could hold it.
func scanCell(src string) *scan {
	c := &scan{src: src, idents: map[string]bool{}, openAt: -1, problems: problems{src: src}}
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(pos token.Position, msg string) {
		c.problems.add(pos.Offset, "%s", scannerWords(msg))
	}, 0)
	var cur []tok
	var open []tok
	for {
		pos, kind, lit := s.Scan()
		t := tok{kind, file.Offset(pos), lit}
		if kind == token.EOF {
			c.flush(cur, len(src))
			break
		}
		if kind == token.SEMICOLON && len(open) == 0 {
			c.silent = lit == ";"
			end := t.offset
			if c.silent {
				end++
			}
			c.flush(cur, end)
			cur = cur[:0]
			continue
		}
		c.silent = false
		if kind == token.IDENT {
			c.ident(t)
		}
		cur = append(cur, t)
		open = c.bracket(open, t)
	}
	if len(open) > 0 {
		c.openAt = open[len(open)-1].offset
	}
	return c
}

func (c *scan) ident(t tok) {
	if strings.Contains(t.lit, mark) && tools[t.lit] == "" {
		c.problems.add(t.offset, "not supported yet: an identifier that contains %s", mark)
	}
	c.idents[t.lit] = true
}

// bracket keeps the stack of open brackets.
func (c *scan) bracket(open []tok, t tok) []tok {
	switch t.kind {
	case token.LPAREN, token.LBRACE, token.LBRACK:
		return append(open, t)
	case token.RPAREN, token.RBRACE, token.RBRACK:
		if len(open) == 0 {
			c.problems.add(t.offset, "syntax error: unexpected %s", t.kind)
			return open
		}
		return open[:len(open)-1]
	}
	return open
}

// flush ends the segment that the tokens make up.
func (c *scan) flush(toks []tok, end int) {
	if len(toks) == 0 {
		// A semicolon behind a semicolon, as in "for i := 0; ; {".
		if n := len(c.segments); n > 0 && !c.segments[n-1].decl {
			c.segments[n-1].end = end
		}
		return
	}
	if toks[0].kind == token.PACKAGE && len(c.segments) == 0 && !c.clause {
		c.clause = true
		return
	}
	c.segments = append(c.segments, segment{toks[0].offset, end, isDecl(toks)})
	c.commas = listCommas(toks)
	c.hanging = len(c.commas) > 0 && toks[len(toks)-1].kind == token.COMMA
}

// isDecl tells a declaration from a statement. What begins with func is a
// declaration when a name follows, or a receiver, a name and parameters;
// otherwise it is an expression. A variable declaration counts as a statement,
// since it runs in its turn.
func isDecl(toks []tok) bool {
	switch toks[0].kind {
	case token.IMPORT, token.TYPE, token.CONST:
		return true
	case token.FUNC:
		if len(toks) > 1 && toks[1].kind == token.IDENT {
			return true
		}
		return isMethod(toks)
	}
	return false
}

func isMethod(toks []tok) bool {
	depth := 0
	for i := 1; i < len(toks); i++ {
		switch toks[i].kind {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			return i+2 < len(toks) && toks[i+1].kind == token.IDENT && toks[i+2].kind == token.LPAREN
		}
	}
	return false
}

// listCommas gives the offsets of the commas of a list of expressions, such as "x, y", which is a statement in no Go
// program and shows its values at the end of a cell. There are none where it is no list.
func listCommas(toks []tok) (commas []int) {
	depth := 0
	for _, t := range toks {
		switch {
		case t.kind == token.LPAREN || t.kind == token.LBRACE || t.kind == token.LBRACK:
			depth++
		case t.kind == token.RPAREN || t.kind == token.RBRACE || t.kind == token.RBRACK:
			depth--
		case depth > 0:
		case t.kind == token.COMMA:
			commas = append(commas, t.offset)
		case !inExpression(t.kind):
			return nil
		}
	}
	return commas
}

// inExpression tells whether a token may be in an expression, outside of brackets.
func inExpression(t token.Token) bool {
	switch t {
	case token.FUNC, token.STRUCT, token.MAP, token.CHAN, token.INTERFACE, token.PERIOD:
		return true
	}
	return t.IsLiteral() || t.Precedence() > token.LowestPrec || t == token.NOT || t == token.TILDE || t == token.ARROW
}

// keep returns the source with everything but the segments of one sort replaced
// by spaces, so that offsets and lines stay what they were. Values that the cell ends with become a statement each.
func (c *scan) keep(decl bool) []byte {
	out := []byte(c.src)
	next := 0
	blank := func(to int) {
		for ; next < to; next++ {
			if out[next] != '\n' {
				out[next] = ' '
			}
		}
	}
	for _, s := range c.segments {
		if s.decl == decl {
			blank(s.start)
			next = s.end
		}
	}
	blank(len(out))
	if !decl && !c.hanging {
		for _, comma := range c.commas {
			out[comma] = ';' // a statement for each value
		}
	}
	return out
}
