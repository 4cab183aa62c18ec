package magic

import (
	"go/scanner"
	"go/token"
	"strings"
)

// The signs that a line of ours begins with.
const (
	shellSign = "!"
	lineSign  = "%"
	cellSign  = "%%"
)

// A line is a line of ours between lines of Go.
type line struct {
	start, end int // byte offsets: of the sign, and of the line's end without the newline
	sign       string
	text       string // what is between sign and end
}

// word is the magic's name with its sign; args is what follows.
func (l line) word() (word, args string) {
	i := strings.IndexAny(l.text, " \t\r")
	if i < 0 {
		return l.sign + l.text, ""
	}
	return l.sign + l.text[:i], strings.TrimSpace(l.text[i:])
}

// linesOf finds the lines of ours in a cell: those that begin with a sign where
// a statement of the cell's top level could begin. In all other places the
// signs are operators, or part of a string or comment.
func linesOf(code string) []line {
	if !hasCandidate(code) {
		return nil
	}
	var lines []line
	for from := 0; ; {
		at := nextSign(code, from)
		if at < 0 {
			return lines
		}
		l := lineAt(code, at)
		lines = append(lines, l)
		from = l.end
	}
}

// hasCandidate tells whether any line begins with a sign at all.
func hasCandidate(code string) bool {
	for l := range strings.Lines(code) {
		if l = strings.TrimLeft(l, " \t"); l != "" && (l[0] == '!' || l[0] == '%') {
			return true
		}
	}
	return false
}

// nextSign finds the first line of ours from an offset on, at which a statement
// may begin; -1 if there is none.
func nextSign(code string, from int) int {
	file := token.NewFileSet().AddFile("", -1, len(code)-from)
	var s scanner.Scanner
	s.Init(file, []byte(code[from:]), func(token.Position, string) {}, 0)
	depth := 0
	for last := token.SEMICOLON; ; {
		pos, kind, _ := s.Scan()
		switch kind {
		case token.EOF:
			return -1
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		case token.NOT, token.NEQ, token.REM, token.REM_ASSIGN:
			if at := from + file.Offset(pos); depth == 0 && last == token.SEMICOLON && beginsLine(code, at) {
				return at
			}
		}
		last = kind
	}
}

func beginsLine(code string, at int) bool {
	before := strings.TrimRight(code[:at], " \t")
	return before == "" || strings.HasSuffix(before, "\n")
}

// lineAt reads the line whose sign is at an offset. A shell command goes on
// behind a backslash at its end.
func lineAt(code string, at int) line {
	l := line{start: at, sign: code[at : at+1]}
	if strings.HasPrefix(code[at:], cellSign) {
		l.sign = cellSign
	}
	text := at + len(l.sign)
	l.end = text + lineLength(code[text:])
	for l.sign == shellSign && l.end < len(code) && strings.HasSuffix(code[:l.end], `\`) {
		l.end += 1 + lineLength(code[l.end+1:])
	}
	l.text = code[text:l.end]
	return l
}

func lineLength(code string) int {
	if i := strings.IndexByte(code, '\n'); i >= 0 {
		return i
	}
	return len(code)
}

// cellLine finds the line of a cell magic, which is the first of its cell that
// is not blank.
func cellLine(code string) (l line, ok bool) {
	at := len(code) - len(strings.TrimLeft(code, " \t\r\n"))
	if !strings.HasPrefix(code[at:], cellSign) {
		return line{}, false
	}
	return lineAt(code, at), true
}
