package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// scannerWords puts an error of go/scanner as the compiler words it.
func scannerWords(msg string) string {
	switch {
	case strings.HasPrefix(msg, "string literal not terminated"):
		return "newline in string"
	case strings.HasPrefix(msg, "raw string literal not terminated"):
		return "string not terminated"
	case strings.HasPrefix(msg, "rune literal not terminated"):
		return "rune literal not terminated"
	case strings.HasPrefix(msg, "illegal rune literal"):
		return "more than one character in rune literal"
	case strings.HasPrefix(msg, "illegal character "):
		return "invalid character " + strings.TrimPrefix(msg, "illegal character ")
	}
	return msg
}

// expectations are the parser's names of what was expected, as the compiler has them.
var expectations = map[string]string{
	"operand":       "expression",
	"'IDENT'":       "name",
	"'EOF'":         "EOF",
	"statement":     "statement",
	"type":          "type",
	"expression":    "expression",
	"boolean":       "for loop condition",
	"for loop":      "for loop condition",
	"declaration":   "declaration",
	"'STRING'":      "string",
	"selector or":   "name or (",
	"1 expression":  "expression",
	"import path":   "import path",
	"array length":  "array length or type",
	"parameter":     "parameter",
	"function call": "function call",
}

// parserWords puts an error of go/parser as the compiler words it.
func parserWords(msg string) string {
	switch {
	case strings.HasPrefix(msg, "missing ',' "):
		return "syntax error: unexpected " + missingComma(strings.TrimPrefix(msg, "missing ',' "))
	case strings.HasPrefix(msg, "expected "):
		if want, got, ok := strings.Cut(strings.TrimPrefix(msg, "expected "), ", found "); ok {
			return "syntax error: unexpected " + tokenWords(got) + wanted(want)
		}
	}
	for _, prefix := range []string{"string literal", "raw string", "rune literal", "illegal "} {
		if strings.HasPrefix(msg, prefix) {
			return scannerWords(msg)
		}
	}
	return "syntax error: " + msg
}

// listEnd finds what follows the list of expressions that begins at an offset, and says what it is and what should be.
func listEnd(text []byte, at int) (offset int, found string) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text)-at)
	s.Init(file, text[at:], nil, 0)
	depth, operand, comma := 0, false, false // whether an operand or a comma came last
	for {
		pos, kind, lit := s.Scan()
		names := kind == token.IDENT || kind.IsLiteral()
		switch {
		case kind == token.EOF:
			if comma {
				return len(text), "EOF, expected expression"
			}
			return len(text), "EOF, expected := or = or comma"
		case kind == token.LPAREN || kind == token.LBRACE || kind == token.LBRACK:
			depth++
		case depth > 0 && (kind == token.RPAREN || kind == token.RBRACE || kind == token.RBRACK):
			depth--
			operand = kind != token.RBRACK // which may be an array's length: its type follows
			continue
		case depth == 0 && (names && operand || kind != token.COMMA && !inExpression(kind)):
			return at + file.Offset(pos), listFollower(kind, lit) + ", expected := or = or comma"
		}
		operand, comma = names, kind == token.COMMA
	}
}

// listFollower names a token that follows a list of expressions.
func listFollower(kind token.Token, lit string) string {
	switch {
	case kind == token.SEMICOLON && lit == "\n":
		return "newline"
	case kind == token.SEMICOLON && lit == "":
		return "EOF"
	case kind == token.SEMICOLON:
		return "semicolon"
	case lit != "" && !kind.IsKeyword():
		return tokenWords(lit)
	}
	return tokenWords("'" + kind.String() + "'")
}

// missingComma turns "before newline in argument list" round.
func missingComma(msg string) string {
	what, where, _ := strings.Cut(msg, " in ")
	what = tokenWords(strings.TrimPrefix(what, "before "))
	end := map[string]string{
		"argument list":     ")",
		"composite literal": "}",
		"parameter list":    ")",
	}[where]
	if end == "" {
		return what + " in " + where
	}
	return what + " in " + where + "; possibly missing comma or " + end
}

// wanted says what should have come, after what came.
func wanted(want string) string {
	if want == "';'" {
		return " at end of statement"
	}
	if w, ok := expectations[want]; ok {
		return ", expected " + w
	}
	return ", expected " + strings.Trim(want, "'")
}

// tokenWords names a token that the parser found. It writes a quoted token, or
// the text of a name or literal.
func tokenWords(got string) string {
	if strings.HasPrefix(got, "'") && strings.HasSuffix(got, "'") && len(got) > 2 {
		got = got[1 : len(got)-1]
		if token.IsKeyword(got) {
			return "keyword " + got
		}
		return got
	}
	switch {
	case got == "newline" || got == "EOF":
		return got
	case token.IsKeyword(got):
		return "keyword " + got
	case token.IsIdentifier(got):
		return "name " + got
	case got != "" && strings.ContainsAny(got[:1], "0123456789\"`'."):
		return "literal " + got
	}
	return got
}
