package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// A Completion says what may stand in the place of code[Start:End].
type Completion struct {
	Start, End int // byte offsets
	Matches    []Match
}

// A Match is one way to complete a name.
type Match struct {
	Text      string // what replaces code[Start:End]
	Type      string // constant, field, function, keyword, method, package, path, type or variable
	Signature string // a function's parameters and results, a variable's type, a package's path
}

// placeholder stands for the name that is being written.
const placeholder = mark + "cursor"

// Complete finds the names that the text before cursor, a byte offset, may be
// going to be. The code need not parse.
func (s *Session) Complete(code string, cursor int) (c Completion) {
	cursor = max(0, min(cursor, len(code)))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil {
			c = Completion{Start: cursor, End: cursor}
		}
	}()
	ctx := contextAt(code[:cursor])
	c = Completion{Start: ctx.start, End: cursor}
	switch ctx.kind {
	case inText:
	case inImport:
		c.Matches = s.pathMatches(ctx.prefix)
	case afterDot:
		c.Matches = s.memberMatches(code, ctx)
	default:
		c.Matches = s.nameMatches(code, ctx)
	}
	sort.SliceStable(c.Matches, func(i, j int) bool { return c.Matches[i].Text < c.Matches[j].Text })
	return c
}

// probe parses and checks code in which the name at the cursor is a placeholder,
// and calls use with the result and the placeholder's identifier. It first cuts
// the code at the cursor and closes what is open; if that does not satisfy use,
// it tries with what follows.
func (s *Session) probe(code string, ctx context, use func(*checked, *ast.Ident, []ast.Node) bool) {
	head := code[:ctx.start] + placeholder
	for _, text := range []string{head + ctx.closers, head + code[ctx.start+len(ctx.prefix):]} {
		p := parseCell(s.fset, "completion", text)
		info := newInfo()
		info.Scopes = map[ast.Node]*types.Scope{}
		ch := s.analyze(p, info, false)
		id, path := findIdent(p, placeholder)
		done := id != nil && use(ch, id, path)
		s.forget(p)
		if done {
			return
		}
	}
}

// findIdent finds an identifier by name, and the nodes around it, outermost first.
func findIdent(p *parsed, name string) (found *ast.Ident, path []ast.Node) {
	for _, f := range []*ast.File{p.declFile, p.stmtFile} {
		var stack []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			if found != nil {
				return false
			}
			if id, ok := n.(*ast.Ident); ok && id.Name == name {
				found, path = id, append(path, stack...)
				return false
			}
			stack = append(stack, n)
			return true
		})
	}
	return found, path
}

func (s *Session) pathMatches(prefix string) []Match {
	var list []Match
	for _, path := range s.packages.paths {
		if importable(path) && strings.HasPrefix(path, prefix) {
			list = append(list, Match{Text: path, Type: "path"})
		}
	}
	return list
}

// memberMatches completes x.name.
func (s *Session) memberMatches(code string, ctx context) []Match {
	var list []Match
	s.probe(code, ctx, func(ch *checked, id *ast.Ident, path []ast.Node) bool {
		sel, ok := path[len(path)-1].(*ast.SelectorExpr)
		if !ok {
			return false
		}
		list = ch.members(sel.X, ctx.prefix)
		return len(list) > 0
	})
	return list
}

func (ch *checked) members(x ast.Expr, prefix string) []Match {
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := ch.info.Uses[id].(*types.PkgName); ok {
			return packageMembers(p.Imported(), prefix)
		}
	}
	tv, ok := ch.info.Types[x]
	if !ok || tv.Type == nil || tv.Type == types.Typ[types.Invalid] {
		return nil
	}
	return typeMembers(tv.Type, tv.IsType(), prefix)
}

func packageMembers(pkg *types.Package, prefix string) []Match {
	var list []Match
	for _, name := range pkg.Scope().Names() {
		if obj := pkg.Scope().Lookup(name); obj.Exported() && hasPrefix(name, prefix) {
			list = append(list, describe(obj))
		}
	}
	return list
}

// typeMembers lists methods and, for values, fields, promoted ones too.
func typeMembers(t types.Type, methodsOnly bool, prefix string) []Match {
	seen := map[string]bool{}
	var list []Match
	add := func(obj types.Object) {
		visible := obj.Exported() || isCell(obj.Pkg())
		if visible && !seen[obj.Name()] && hasPrefix(obj.Name(), prefix) {
			seen[obj.Name()] = true
			list = append(list, describe(obj))
		}
	}
	if !methodsOnly {
		eachField(t, add)
	}
	mt := t
	if _, ok := t.Underlying().(*types.Pointer); !ok && !types.IsInterface(t) && !methodsOnly {
		mt = types.NewPointer(t)
	}
	set := types.NewMethodSet(mt)
	for i := range set.Len() {
		add(set.At(i).Obj())
	}
	return list
}

// eachField calls f for the fields of a struct or a pointer to one, the outer
// ones first.
func eachField(t types.Type, f func(types.Object)) {
	seen := map[types.Type]bool{}
	level := []types.Type{t}
	for len(level) > 0 {
		var next []types.Type
		for _, t := range level {
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			s, ok := t.Underlying().(*types.Struct)
			if !ok || seen[t] {
				continue
			}
			seen[t] = true
			for i := range s.NumFields() {
				f(s.Field(i))
				if s.Field(i).Embedded() {
					next = append(next, s.Field(i).Type())
				}
			}
		}
		level = next
	}
}

// nameMatches completes a name that stands alone.
func (s *Session) nameMatches(code string, ctx context) []Match {
	matches := map[string]Match{}
	add := func(m Match) {
		if _, ok := matches[m.Text]; !ok && hasPrefix(m.Text, ctx.prefix) && !strings.Contains(m.Text, mark) {
			matches[m.Text] = m
		}
	}
	s.probe(code, ctx, func(ch *checked, id *ast.Ident, path []ast.Node) bool {
		ch.fieldNames(path, add)
		ch.scopeNames(id.Pos(), path, add)
		return true
	})
	for name, m := range s.world.names {
		if m.obj != nil {
			add(describe(m.obj))
		} else {
			add(Match{Text: name, Type: "package", Signature: m.path})
		}
	}
	for _, name := range types.Universe.Names() {
		add(describe(types.Universe.Lookup(name)))
	}
	if ctx.prefix != "" {
		for name, paths := range s.packages.byName {
			add(Match{Text: name, Type: "package", Signature: paths[0]})
		}
		for k := token.BREAK; k <= token.VAR; k++ {
			add(Match{Text: k.String(), Type: "keyword"})
		}
	}
	list := make([]Match, 0, len(matches))
	for _, m := range matches {
		list = append(list, m)
	}
	return list
}

// fieldNames offers the fields of the struct whose literal is being written.
func (ch *checked) fieldNames(path []ast.Node, add func(Match)) {
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *ast.KeyValueExpr:
			continue
		case *ast.CompositeLit:
			t := ch.info.TypeOf(n)
			if t == nil {
				return
			}
			if s, ok := t.Underlying().(*types.Struct); ok {
				for i := range s.NumFields() {
					if f := s.Field(i); f.Exported() || isCell(f.Pkg()) {
						add(describe(f))
					}
				}
			}
		}
		return
	}
}

// scopeNames offers what is declared around a position.
func (ch *checked) scopeNames(pos token.Pos, path []ast.Node, add func(Match)) {
	for i := len(path) - 1; i >= 0; i-- {
		n := path[i]
		if f, ok := n.(*ast.FuncDecl); ok {
			n = f.Type
		}
		if f, ok := n.(*ast.FuncLit); ok {
			n = f.Type
		}
		if sc := ch.info.Scopes[n]; sc != nil {
			for _, name := range sc.Names() {
				if obj := sc.Lookup(name); !obj.Pos().IsValid() || obj.Pos() < pos {
					add(describe(obj))
				}
			}
		}
	}
	for _, name := range ch.pkg.Scope().Names() {
		add(describe(ch.pkg.Scope().Lookup(name)))
	}
}

// hasPrefix compares as people type: without regard to case.
func hasPrefix(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}
