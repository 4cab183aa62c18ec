package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A pkg is the package with its examples.
type pkg struct {
	fset     *token.FileSet
	doc      *doc.Package
	examples []example // the shortest first
}

// An example is a runnable example.
type example struct {
	name string // of what it is for, "Pipe" or "FD.Read"; with a suffix after "_"
	code string
	out  string
	uses map[string]bool // the names of the package that occur in it
}

// load parses the package and the tests beside it.
func load(folder string) (*pkg, error) {
	p := &pkg{fset: token.NewFileSet()}
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("there is no package in %s", folder)
	}
	var sources, tests []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(p.fset, name, nil, parser.ParseComments)
		switch {
		case err != nil:
			return nil, err
		case !strings.HasSuffix(name, "_test.go"):
			if ok, err := builds(name); err != nil {
				return nil, err
			} else if ok {
				sources = append(sources, f)
			}
		default:
			tests = append(tests, f)
		}
	}
	for _, e := range doc.Examples(tests...) {
		p.examples = append(p.examples, p.example(e))
	}
	slices.SortStableFunc(p.examples, func(a, b example) int { return len(a.code) - len(b.code) })
	p.doc, err = doc.NewFromFiles(p.fset, sources, "ipclab/ipclab")
	return p, err
}

// builds reports whether a file belongs to the package on this system: what is for another has a constraint.
func builds(name string) (bool, error) {
	text, err := os.ReadFile(name)
	return err == nil && !strings.Contains(string(text), "\n//go:build !linux"), err
}

// example makes an example of one that was found.
func (p *pkg) example(e *doc.Example) example {
	x := example{name: strings.Replace(e.Name, "_", ".", 1), out: strings.TrimSpace(e.Output), uses: map[string]bool{}}
	if i := strings.LastIndex(e.Name, "_"); i >= 0 && i+1 < len(e.Name) && e.Name[i+1] >= 'a' {
		x.name = strings.Replace(e.Name[:i], "_", ".", 1)
	}
	ast.Inspect(e.Code, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if of, ok := s.X.(*ast.Ident); ok && of.Name == "ipclab" {
			x.uses[s.Sel.Name] = true
		} else {
			x.uses["."+s.Sel.Name] = true
		}
		return true
	})
	x.code = p.source(e.Code)
	return x
}

// source returns the text of an example's body, without what the test needs and a cell does not.
func (p *pkg) source(body ast.Node) string {
	from, to := p.fset.Position(body.Pos()), p.fset.Position(body.End())
	text, err := os.ReadFile(from.Filename)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(text[from.Offset:to.Offset]), "\n")
	lines[0] = strings.TrimPrefix(lines[0], "{")
	lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], "}")
	var kept []string
	for _, line := range lines {
		line = strings.TrimPrefix(line, "\t")
		if strings.HasPrefix(line, "// Output:") || strings.HasPrefix(line, "// Unordered output:") {
			break
		}
		kept = append(kept, line)
	}
	return strings.Trim(strings.Join(kept, "\n"), "\n")
}

// of returns the example that shows a name best: its own, or else the shortest that uses it. Methods are ".Name".
func (p *pkg) of(receiver, name string) (example, bool) {
	own := name
	if receiver != "" {
		own = receiver + "." + name
	}
	for _, e := range p.examples {
		if e.name == own {
			return e, true
		}
	}
	for _, e := range p.examples {
		if receiver == "" && e.uses[name] || receiver != "" && e.uses["."+name] {
			return e, true
		}
	}
	return example{}, false
}
