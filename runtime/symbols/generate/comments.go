package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// commentsFile holds the doc comments of all packages, for all architectures.
const commentsFile = "runtime/comments/comments.zip"

// A commentSet is the doc comments of packages, by cellPath and name. A method or
// field is named Type.Name, the package itself has the empty name.
type commentSet map[string]map[string]string

// collect adds the comments of a package. Where another architecture had one
// already, that stays.
func (c commentSet) collect(p listedPackage) error {
	texts := c[p.cellPath()]
	if texts == nil {
		texts = map[string]string{}
		c[p.cellPath()] = texts
	}
	files := token.NewFileSet()
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		collectFile(texts, f)
	}
	return nil
}

func collectFile(texts map[string]string, f *ast.File) {
	note(texts, "", f.Doc)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				note(texts, d.Name.Name, d.Doc)
			} else if base := receiverName(d.Recv); base != "" {
				note(texts, base+"."+d.Name.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				collectSpec(texts, d, s)
			}
		}
	}
}

// collectSpec notes the comments of one specification: its own, else the one at
// the end of its line, else that of its group.
func collectSpec(texts map[string]string, d *ast.GenDecl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		note(texts, s.Name.Name, s.Doc, s.Comment, d.Doc)
		collectMembers(texts, s.Name.Name, s.Type)
	case *ast.ValueSpec:
		for _, id := range s.Names {
			note(texts, id.Name, s.Doc, s.Comment, d.Doc)
		}
	}
}

// collectMembers notes the comments of a struct's fields or an interface's
// methods.
func collectMembers(texts map[string]string, base string, t ast.Expr) {
	var list *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, id := range f.Names {
			note(texts, base+"."+id.Name, f.Doc, f.Comment)
		}
	}
}

// note keeps the first comment that says something, if the name is exported.
// Methods of a type that is not may be reached by embedding.
func note(texts map[string]string, name string, groups ...*ast.CommentGroup) {
	last := name[strings.LastIndex(name, ".")+1:]
	if name != "" && !ast.IsExported(last) || texts[name] != "" {
		return
	}
	for _, g := range groups {
		if text := strings.TrimSpace(g.Text()); text != "" {
			texts[name] = strings.ReplaceAll(text, "\x00", "")
			return
		}
	}
}

// receiverName is the name of a receiver's type.
func receiverName(recv *ast.FieldList) string {
	if len(recv.List) != 1 {
		return ""
	}
	for t := recv.List[0].Type; ; {
		switch x := t.(type) {
		case *ast.Ident:
			return x.Name
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		default:
			return ""
		}
	}
}

// write packs the comments into one zip file.
func (c commentSet) write(file string) error {
	var entries []archiveEntry
	for _, path := range sortedKeys(c) {
		var b strings.Builder
		for _, name := range sortedKeys(c[path]) {
			b.WriteString(name + "\x00" + c[path][name] + "\x00")
		}
		if b.Len() > 0 {
			entries = append(entries, archiveEntry{path, []byte(b.String())})
		}
	}
	return writeZip(file, entries)
}
