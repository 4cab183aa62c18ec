package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// An origin is where in the text of a cell something was declared.
type origin struct {
	src        string
	start, end int    // of the declaration, as byte offsets
	member     string // the field or method of an interface in it that is meant, if any
}

// source is the text of the declaration.
func (o origin) source() string { return o.src[o.start:o.end] }

// doc is the comment that belongs to the declaration.
func (o origin) doc() string {
	if o.member != "" {
		return o.memberDoc()
	}
	return commentAbove(o.src, o.start)
}

// commentAbove is the text of the comment that ends on the line before the one
// in which a declaration begins.
func commentAbove(src string, start int) string {
	above, indent := src[:start], ""
	if i := strings.LastIndexByte(above, '\n'); i >= 0 {
		above, indent = above[:i], above[i+1:]
	} else {
		above, indent = "", above
	}
	if strings.TrimSpace(indent) != "" {
		return ""
	}
	lines := strings.Split(above, "\n")
	n := len(lines)
	for n > 0 && strings.HasPrefix(strings.TrimSpace(lines[n-1]), "//") {
		n--
	}
	if n == len(lines) {
		return blockAbove(above)
	}
	group := &ast.CommentGroup{}
	for _, line := range lines[n:] {
		group.List = append(group.List, &ast.Comment{Text: strings.TrimSpace(line)})
	}
	return strings.TrimSpace(group.Text())
}

// blockAbove is the text of a /* comment */ that text ends with.
func blockAbove(text string) string {
	text = strings.TrimRight(text, " \t")
	i := strings.LastIndex(text, "/*")
	if i < 0 || !strings.HasSuffix(text[i+2:], "*/") {
		return ""
	}
	group := &ast.CommentGroup{List: []*ast.Comment{{Text: text[i:]}}}
	return strings.TrimSpace(group.Text())
}

// memberDoc is the comment above a field, or behind it.
func (o origin) memberDoc() string {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+o.source(), parser.ParseComments)
	if err != nil {
		return ""
	}
	text := ""
	ast.Inspect(f, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok || text != "" {
			return true
		}
		for _, id := range field.Names {
			if id.Name == o.member {
				text = field.Doc.Text()
				if text == "" {
					text = field.Comment.Text()
				}
			}
		}
		return true
	})
	return strings.TrimSpace(text)
}

// findOrigins gives the origins of what a cell declares at its top level, by
// name; that of a method is Type.Name.
func (p *parsed) findOrigins() map[string]origin {
	list := map[string]origin{}
	note := func(name string, n ast.Node) {
		start, end := p.span(n)
		list[name] = origin{src: p.src, start: start, end: end}
	}
	for _, d := range p.declFile.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				note(d.Name.Name, d)
			} else if len(d.Recv.List) == 1 {
				if base := receiverBase(d.Recv.List[0].Type); base != nil {
					note(base.Name+"."+d.Name.Name, d)
				}
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				noteSpec(d, s, note)
			}
		}
	}
	for _, s := range p.body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				if id, ok := l.(*ast.Ident); ok && s.Tok == token.DEFINE {
					note(id.Name, s)
				}
			}
		case *ast.DeclStmt:
			if d, ok := s.Decl.(*ast.GenDecl); ok {
				for _, s := range d.Specs {
					noteSpec(d, s, note)
				}
			}
		}
	}
	return list
}

// noteSpec notes the names of one specification. One that stands alone begins
// with the keyword.
func noteSpec(d *ast.GenDecl, s ast.Spec, note func(string, ast.Node)) {
	var n ast.Node = s
	if !d.Lparen.IsValid() {
		n = d
	}
	switch s := s.(type) {
	case *ast.TypeSpec:
		note(s.Name.Name, n)
	case *ast.ValueSpec:
		for _, id := range s.Names {
			note(id.Name, n)
		}
	}
}

// rememberOrigins adds to a change what is worth keeping: of variables only
// those with a comment, since most cells define some again and again.
func (l *lowering) rememberOrigins() {
	for name, o := range l.ch.origins {
		if v, ok := l.ch.pkg.Scope().Lookup(name).(*types.Var); ok && v != nil && o.doc() == "" {
			o = origin{}
		}
		if l.ch.base.origins[name] != o {
			l.change.origins[name] = o
		}
	}
}

// originOf finds where a name of a cell was declared.
func (s *Session) originOf(ch *checked, t target) origin {
	name, member := t.key()
	if name == "" || !isCell(t.obj.Pkg()) {
		return origin{}
	}
	full := name
	if member != "" {
		full += "." + member
	} else if ch.pkg.Scope().Lookup(name) != t.obj && s.world.names[name].obj != t.obj {
		return origin{} // of the same name, within a function
	}
	for _, origins := range []map[string]origin{ch.origins, s.world.origins} {
		if o, ok := origins[full]; ok && o.src != "" {
			return o
		}
		if o, ok := origins[name]; ok && o.src != "" && member != "" {
			o.member = member
			return o
		}
	}
	return origin{}
}

// key is the name under which comments and origins are kept: that of a type and
// of its field or method, or a name alone.
func (t target) key() (name, member string) {
	switch obj := t.obj.(type) {
	case *types.Func:
		if recv := obj.Signature().Recv(); recv != nil {
			return typeName(recv.Type()), obj.Name()
		}
	case *types.Var:
		if obj.IsField() {
			return t.owner, obj.Name()
		}
	case *types.PkgName:
		return "", ""
	}
	return t.obj.Name(), ""
}
