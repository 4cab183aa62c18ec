package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Inspect tells about the name at cursor, a byte offset, or else about the
// function whose arguments the cursor is in. With detail 1 it tells all: the
// source of what cells have defined, the whole comment of a package. found is
// false when nothing is known.
func (s *Session) Inspect(code string, cursor, detail int) (in Inspection, found bool) {
	cursor = max(0, min(cursor, len(code)))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil { // as in Complete
			in, found = Inspection{}, false
		}
	}()
	return s.inspect(code, cursor, detail)
}

func (s *Session) inspect(code string, cursor, detail int) (in Inspection, found bool) {
	if len(code) > maxNamesText {
		return Inspection{}, false
	}
	code = evenLines(code)
	start, end := nameAt(code, cursor)
	if start == end {
		call := contextAt(code[:cursor]).call
		if call < 0 {
			return Inspection{}, false
		}
		start, end = nameAt(code, call)
	}
	t, ok := s.targetAt(code, start, end)
	if !ok {
		return Inspection{}, false
	}
	return s.inspection(t, detail > 0), true
}

// nameAt finds the identifier that an offset touches.
func nameAt(code string, at int) (start, end int) {
	toks, _ := tokens(code)
	for _, t := range toks {
		e := t.offset + len(t.lit)
		if t.kind == token.IDENT && t.offset <= at && at <= e {
			return t.offset, e
		}
	}
	return at, at
}

// A target is what a name means and where that was declared.
type target struct {
	obj    types.Object
	owner  string // for a field, the type that declares it, if that has a name
	origin origin // for a name of a cell
}

// targetAt finds the meaning of the identifier at an offset: in all of the code,
// in the code up to there, or in the operand that it is a member of.
func (s *Session) targetAt(code string, start, end int) (target, bool) {
	ctx := contextAt(code[:end])
	texts := []string{code, code[:end] + ctx.closers, code[:end] + "()" + ctx.closers}
	for _, text := range texts {
		if t, ok := s.targetIn(text, start); ok {
			return t, true
		}
	}
	if ctx.kind != afterDot {
		return s.lone(code[start:end])
	}
	return s.targetIn(code[ctx.chain:end], start-ctx.chain)
}

// targetIn checks code and finds what the identifier at an offset means.
func (s *Session) targetIn(code string, offset int) (t target, ok bool) {
	p := parseCell(s.fset, "inspection", code)
	defer s.forget(p)
	ch := s.analyze(p, newInfo(), false)
	id, path := ch.find(func(id *ast.Ident) bool {
		if id.Name == "_" || !id.Pos().IsValid() || p.offset(id.Pos()) != offset {
			return false
		}
		obj := ch.info.ObjectOf(id)
		return obj != nil && obj.Type() != types.Typ[types.Invalid]
	})
	if id == nil {
		return target{}, false
	}
	t.obj = ch.info.ObjectOf(id)
	if v, ok := t.obj.(*types.Var); ok && v.IsField() {
		t.owner = ch.fieldOwner(id, path)
	}
	if f, ok := t.obj.(*types.Func); ok && s.phantom(ch.base, f) {
		return target{}, false
	}
	if earlier := ch.aliases[t.obj]; earlier != nil {
		t.obj = earlier
	}
	t.origin = s.originOf(ch, t)
	return t, true
}

// lone finds the meaning of a name that no expression uses yet, such as that of
// a package.
func (s *Session) lone(name string) (target, bool) {
	if m := s.world.names[name]; m.obj != nil {
		return target{obj: m.obj, origin: s.world.origins[name]}, true
	}
	if obj := types.Universe.Lookup(name); obj != nil {
		return target{obj: obj}, true
	}
	path := s.world.names[name].path
	if path == "" {
		var ok bool
		if path, ok = s.packages.find(name, nil); !ok {
			return target{}, false
		}
	}
	pkg, err := s.packages.Import(path)
	if err != nil {
		return target{}, false
	}
	return target{obj: types.NewPkgName(token.NoPos, nil, name, pkg)}, true
}

// fieldOwner names the type that declares the field which id means: that of the
// operand or of the literal, or one that is embedded there.
func (ch *checked) fieldOwner(id *ast.Ident, path []ast.Node) string {
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *ast.SelectorExpr:
			sel := ch.info.Selections[n]
			if n.Sel != id || sel == nil {
				return ""
			}
			t := sel.Recv()
			for _, field := range sel.Index()[:len(sel.Index())-1] {
				t = structOf(t).Field(field).Type()
			}
			return typeName(t)
		case *ast.CompositeLit:
			return typeName(ch.info.TypeOf(n))
		case *ast.TypeSpec:
			return n.Name.Name
		}
	}
	return ""
}

// structOf is the struct that t is or points to; an empty one if it does not.
func structOf(t types.Type) *types.Struct {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		return s
	}
	return types.NewStruct(nil, nil)
}

// typeName is the name of a type or of what it points to, "" if it has none.
func typeName(t types.Type) string {
	if t == nil {
		return ""
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}
