package cell

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// IsComplete tells an editor whether code can run as it is: "complete",
// "incomplete" with the indentation for the next line, or "invalid" when more
// text cannot make it right. It knows the syntax only.
func IsComplete(code string) (status, indent string) {
	defer func() {
		if recover() != nil {
			status, indent = "invalid", ""
		}
	}()
	if unfinishedText(code) {
		return "incomplete", ""
	}
	c := scanCell(code)
	if len(c.problems.list) > 0 {
		return "invalid", ""
	}
	atEnd, elsewhere := c.syntax(true)
	atEndB, elsewhereB := c.syntax(false)
	switch {
	case c.hanging:
		return "incomplete", ""
	case c.openAt >= 0 && !elsewhere && !elsewhereB:
		return "incomplete", nextIndent(code)
	case elsewhere || elsewhereB:
		return "invalid", ""
	case atEnd || atEndB:
		return "incomplete", nextIndent(code)
	}
	return "complete", ""
}

// syntax parses one half of a cell and tells whether there are errors where its
// text ends, which more text may cure, and elsewhere.
func (c *scan) syntax(decl bool) (atEnd, elsewhere bool) {
	prefix, suffix := stmtPrefix, stmtSuffix
	if decl {
		prefix, suffix = declPrefix, ""
	}
	text := string(c.keep(decl))
	_, err := parser.ParseFile(token.NewFileSet(), "", prefix+text+suffix, parser.SkipObjectResolution)
	list, _ := err.(scanner.ErrorList)
	end := len(prefix) + len(strings.TrimRight(text, " \t\r\n;"))
	for i, e := range list {
		switch {
		case e.Pos.Offset >= end:
			atEnd = true
		case i == 0:
			elsewhere = true
		}
	}
	return atEnd, elsewhere
}

// unfinishedText tells whether code ends within a raw string or a comment.
func unfinishedText(code string) bool {
	unfinished := false
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, []byte(code), func(_ token.Position, msg string) {
		if msg == "raw string literal not terminated" || msg == "comment not terminated" {
			unfinished = true
		}
	}, 0)
	for {
		if _, kind, _ := s.Scan(); kind == token.EOF {
			return unfinished
		}
	}
}
