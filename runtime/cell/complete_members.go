package cell

import (
	"go/ast"
	"go/types"
)

// memberMatches completes x.name.
func (s *Session) memberMatches(code string, ctx context, m *matches) {
	for _, text := range probes(code, ctx) {
		found := s.probe(text, func(p *probe) bool {
			sel, ok := p.parent().(*ast.SelectorExpr)
			return ok && s.members(p.checked, sel.X, m)
		})
		if found {
			return
		}
	}
}

// members offers what x has, and reports whether x is understood.
func (s *Session) members(ch *checked, x ast.Expr, m *matches) bool {
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := ch.info.Uses[id].(*types.PkgName); ok {
			packageMembers(p.Imported(), rankCell, m)
			return true
		}
	}
	tv, ok := ch.info.Types[x]
	if !ok || tv.Type == nil || tv.Type == types.Typ[types.Invalid] {
		return false
	}
	add := func(obj types.Object) {
		if f, ok := obj.(*types.Func); ok && s.phantom(ch.base, f) {
			return
		}
		if obj.Exported() || isCell(obj.Pkg()) {
			m.object(obj, rankLocal)
		}
	}
	if !tv.IsType() {
		eachField(tv.Type, add)
	}
	eachMethod(tv.Type, tv.Addressable(), add)
	return true
}

func packageMembers(pkg *types.Package, rank int, m *matches) {
	for _, name := range pkg.Scope().Names() {
		if obj := pkg.Scope().Lookup(name); obj.Exported() {
			m.object(obj, rank)
		}
	}
}

// eachMethod calls f for the methods that can be called, those of the pointer
// too where the value has an address.
func eachMethod(t types.Type, addressable bool, f func(types.Object)) {
	_, pointer := t.Underlying().(*types.Pointer)
	if addressable && !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		f(set.At(i).Obj())
	}
}

// maxEmbedding bounds how deep embedded fields are followed: a generic type can
// embed ever larger instances of itself.
const maxEmbedding = 16

// eachField calls f for the fields of a struct or a pointer to one, the outer
// ones first.
func eachField(t types.Type, f func(types.Object)) {
	seen := map[types.Type]bool{}
	level := []types.Type{t}
	for depth := 0; len(level) > 0 && depth < maxEmbedding; depth++ {
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
