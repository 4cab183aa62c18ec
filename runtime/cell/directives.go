package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

const embedDirective = "//go:embed"

// refuseEmbed makes a problem of each go:embed directive: without a package's
// folder the variable would silently stay empty.
func (ch *checked) refuseEmbed() {
	if !strings.Contains(ch.src, embedDirective) {
		return
	}
	file := token.NewFileSet().AddFile("", -1, len(ch.src))
	var s scanner.Scanner
	s.Init(file, []byte(ch.src), nil, scanner.ScanComments)
	for {
		pos, kind, text := s.Scan()
		if kind == token.EOF {
			return
		}
		if kind == token.COMMENT && strings.HasPrefix(text, embedDirective+" ") {
			ch.problems.add(file.Offset(pos), "go:embed in a cell, which has no folder of a package: read the file with os.ReadFile")
		}
	}
}
