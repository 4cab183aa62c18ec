package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// pathMatches completes an import path.
func (s *Session) pathMatches(m *matches) {
	for _, path := range s.packages.paths {
		if importable(path) && strings.HasPrefix(path, m.prefix) {
			m.add(Match{Text: path, Type: "path"}, rankImport)
		}
	}
}

// nameMatches completes a name that stands alone.
func (s *Session) nameMatches(code string, ctx context, m *matches) {
	for _, text := range probes(code, ctx) {
		s.probe(text, func(p *probe) bool {
			p.literalFields(m)
			p.scopeNames(m)
			s.dotMatches(p.dots, m)
			return true
		})
	}
	for name, meaning := range s.world.names {
		if meaning.obj != nil {
			m.object(meaning.obj, rankCell)
		} else {
			m.add(Match{Text: name, Type: "package", Signature: meaning.path}, rankImport)
		}
	}
	s.dotMatches(s.world.dots, m)
	for _, name := range types.Universe.Names() {
		m.object(types.Universe.Lookup(name), rankGo)
	}
	if ctx.prefix == "" {
		return
	}
	for name, paths := range s.packages.byName {
		m.add(Match{Text: name, Type: "package", Signature: paths[0]}, rankImport)
	}
	for k := token.BREAK; k <= token.VAR; k++ {
		m.add(Match{Text: k.String(), Type: "keyword"}, rankKeyword)
	}
}

// dotMatches offers what packages imported with a dot export.
func (s *Session) dotMatches(paths []string, m *matches) {
	for _, path := range paths {
		if pkg, err := s.packages.Import(path); err == nil {
			packageMembers(pkg, rankCell, m)
		}
	}
}

// literalFields offers the fields of the struct whose literal is being written
// that it does not have yet.
func (p *probe) literalFields(m *matches) {
	lit := p.literal()
	if lit == nil {
		return
	}
	t := p.info.TypeOf(lit)
	if t == nil {
		return
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	used := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); !ok {
			if e != ast.Expr(p.id) {
				return // fields by position
			}
		} else if key, ok := kv.Key.(*ast.Ident); ok {
			used[key.Name] = true
		}
	}
	for i := range s.NumFields() {
		if f := s.Field(i); !used[f.Name()] && (f.Exported() || isCell(f.Pkg())) {
			m.object(f, rankField)
		}
	}
}

// literal is the composite literal in which the placeholder may be a key, or nil.
func (p *probe) literal() *ast.CompositeLit {
	path := p.path
	if kv, ok := p.parent().(*ast.KeyValueExpr); ok && kv.Key == ast.Expr(p.id) {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return nil
	}
	lit, ok := path[len(path)-1].(*ast.CompositeLit)
	if !ok || lit.Type == ast.Expr(p.id) {
		return nil
	}
	return lit
}

// scopeNames offers what is declared around the placeholder.
func (p *probe) scopeNames(m *matches) {
	inside := false // a function that runs when it is called
	for i := len(p.path) - 1; i >= 0; i-- {
		n := p.path[i]
		switch f := n.(type) {
		case *ast.FuncDecl:
			inside = inside || f.Name.Name != "_"
			n = f.Type
		case *ast.FuncLit:
			inside = true
			n = f.Type
		}
		if sc := p.info.Scopes[n]; sc != nil {
			for _, name := range sc.Names() {
				if obj := sc.Lookup(name); !obj.Pos().IsValid() || obj.Pos() < p.id.Pos() {
					m.object(obj, rankLocal)
				}
			}
		}
	}
	for _, name := range p.pkg.Scope().Names() {
		obj := p.pkg.Scope().Lookup(name)
		if _, ok := obj.(*types.Var); ok && !inside && p.offset(obj.Pos()) > p.offset(p.id.Pos()) && p.defined[name] {
			continue // a statement further on defines it
		}
		m.object(obj, rankCell)
	}
	for name, path := range p.imported {
		m.add(Match{Text: name, Type: "package", Signature: path}, rankImport)
	}
}

// labelMatches completes the label after break, continue or goto.
func (s *Session) labelMatches(code string, ctx context, m *matches) {
	for _, text := range probes(code, ctx) {
		s.probe(text, func(p *probe) bool {
			p.labels(ctx.before == token.GOTO, m)
			return true
		})
	}
}

// labels offers the labels of the statements around the placeholder, or all
// those of its function.
func (p *probe) labels(all bool, m *matches) {
	for i := len(p.path) - 1; i >= 0; i-- {
		switch n := p.path[i].(type) {
		case *ast.LabeledStmt:
			m.add(Match{Text: n.Label.Name, Type: "label"}, rankLocal)
		case *ast.FuncLit, *ast.FuncDecl:
			if all {
				ast.Inspect(n, func(n ast.Node) bool {
					if l, ok := n.(*ast.LabeledStmt); ok {
						m.add(Match{Text: l.Label.Name, Type: "label"}, rankLocal)
					}
					return true
				})
			}
			return
		}
	}
}
