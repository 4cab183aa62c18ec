package cell

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// What goes before the two halves of a cell, so that each is a Go file.
const (
	declPrefix = "package main;"
	stmtPrefix = "package main;func _(){"
	stmtSuffix = "\n}"
)

// A parsed cell: two files whose text has the same offsets as the cell, but for
// the prefix.
type parsed struct {
	*scan
	name     string
	fset     *token.FileSet
	declFile *ast.File      // imports, types, constants, functions
	stmtFile *ast.File      // one function
	body     *ast.BlockStmt // of that function
}

// parseCell parses a cell in a file set. When there are syntax errors, they are
// in problems, and the trees may be cut.
func parseCell(fset *token.FileSet, name, src string) *parsed {
	p := &parsed{scan: scanCell(src), fset: fset, name: name}
	p.declFile = p.file(declPrefix, p.keep(true), "")
	p.stmtFile = p.file(stmtPrefix, p.keep(false), stmtSuffix)
	for _, d := range p.stmtFile.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			p.body = f.Body
			break
		}
	}
	if p.body == nil {
		p.body = &ast.BlockStmt{}
		if len(p.problems.list) == 0 {
			p.problems.add(len(src), "syntax error: unexpected EOF")
		}
	}
	return p
}

func (p *parsed) file(prefix string, text []byte, suffix string) *ast.File {
	src := prefix + string(text) + suffix
	f, err := parser.ParseFile(p.fset, "", src, 0)
	if list, ok := err.(scanner.ErrorList); ok && len(p.problems.list) == 0 {
		p.syntaxErrors(list, len(prefix), text)
	}
	if f == nil {
		f = &ast.File{Name: ast.NewIdent("main")}
	}
	if tf := p.fset.File(f.FileStart); tf != nil {
		// What go/types writes into its messages is a position of the cell.
		tf.AddLineColumnInfo(len(prefix), p.name, 1, 1)
	}
	return f
}

// syntaxErrors records what the parser found wrong with a text that has a prefix; as the compiler, only the first on a
// line. The text has an end of its own, whatever comes behind it.
func (p *parsed) syntaxErrors(list scanner.ErrorList, prefix int, text []byte) {
	before := -1
	for _, e := range list {
		at, msg := e.Pos.Offset-prefix, e.Msg
		line := bytes.Count(text[:max(0, min(at, len(text)))], []byte{'\n'})
		if line == before {
			continue
		}
		before = line
		switch {
		case msg == "expected 1 expression":
			next, found := listEnd(text, at)
			p.problems.add(next, "syntax error: unexpected %s", found)
		case at >= len(bytes.TrimRight(text, " \t\r\n")):
			p.problems.add(at, "%s", parserWords(strings.ReplaceAll(msg, "found '}'", "found 'EOF'")))
		default:
			p.problems.add(at, "%s", parserWords(msg))
		}
	}
}

// offset gives the byte offset in the cell of a position in either file, or -1
// for no position.
func (p *parsed) offset(pos token.Pos) int {
	if !pos.IsValid() {
		return -1
	}
	f := p.fset.File(pos)
	if f == nil {
		return -1
	}
	prefix := len(declPrefix)
	if int(p.stmtFile.FileStart) == f.Base() {
		prefix = len(stmtPrefix)
	}
	return max(0, min(f.Offset(pos)-prefix, len(p.src)))
}

// span gives where a node begins and ends in the cell. The parser does not know
// the end of one that is not finished: that is the cell's.
func (p *parsed) span(n ast.Node) (start, end int) {
	start, end = max(0, p.offset(n.Pos())), p.offset(n.End())
	if end < start {
		end = len(p.src)
	}
	return start, end
}
