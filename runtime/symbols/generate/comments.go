package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
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
	d := docs{texts, p.ImportPath == builtinPackage}
	files := token.NewFileSet()
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		d.file(f)
	}
	return nil
}

// builtinPackage documents what is predeclared. It has no exported names.
const builtinPackage = "builtin"

// listBuiltin finds the source of builtinPackage, which cannot be imported.
func listBuiltin() (listedPackage, error) {
	p := listedPackage{ImportPath: builtinPackage, GoFiles: []string{"builtin.go"}}
	cmd := exec.Command("go", "list", "-f", "{{.Dir}}", builtinPackage)
	out, err := cmd.Output()
	if err != nil {
		return p, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	p.Dir = strings.TrimSpace(string(out))
	return p, nil
}

// docs are the comments of one package, by name.
type docs struct {
	texts map[string]string
	all   bool // names that are not exported too
}

func (c docs) file(f *ast.File) {
	c.note("", f.Doc)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				c.note(d.Name.Name, d.Doc)
			} else if base := receiverName(d.Recv); base != "" {
				c.note(base+"."+d.Name.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				c.spec(d, s)
			}
		}
	}
}

// spec notes the comments of one specification: its own, else the one at the end
// of its line, else that of its group.
func (c docs) spec(d *ast.GenDecl, s ast.Spec) {
	var alone *ast.CommentGroup
	if !d.Lparen.IsValid() {
		alone = d.Doc
	}
	switch s := s.(type) {
	case *ast.TypeSpec:
		c.note(s.Name.Name, s.Doc, alone, s.Comment, d.Doc)
		c.members(s.Name.Name, s.Type)
	case *ast.ValueSpec:
		for _, id := range s.Names {
			c.note(id.Name, s.Doc, alone, s.Comment, d.Doc)
		}
	}
}

// members notes the comments of a struct's fields or an interface's
// methods.
func (c docs) members(base string, t ast.Expr) {
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
			c.note(base+"."+id.Name, f.Doc, f.Comment)
		}
	}
}

// note keeps the first comment that says something, if the name is exported.
// Methods of a type that is not may be reached by embedding.
func (c docs) note(name string, groups ...*ast.CommentGroup) {
	last := name[strings.LastIndex(name, ".")+1:]
	if name != "" && !c.all && !ast.IsExported(last) || c.texts[name] != "" {
		return
	}
	for _, g := range groups {
		if text := strings.TrimSpace(g.Text()); text != "" {
			c.texts[name] = strings.ReplaceAll(text, "\x00", "")
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
