package cell

import "go/types"

// How the interpreter represents types, and what runtime/dyn has to add.
//
//	interface types of cells, any   interface{}; methods are looked up by name
//	interface types of packages     themselves
//	named structs with fields       structs with a tag that tells them apart
//	other named types               what they are made of, boxed in interfaces

// anyType is the type any.
var anyType = types.Universe.Lookup("any").Type()

// cellNamed gives the named type of a cell that t is, or nil.
func cellNamed(t types.Type) *types.Named {
	n, ok := types.Unalias(t).(*types.Named)
	if ok && isCell(n.Obj().Pkg()) {
		return n
	}
	return nil
}

// ownInterface tells interface types that the interpreter has as interface{}.
func ownInterface(t types.Type) bool {
	t = types.Unalias(t)
	if _, ok := t.Underlying().(*types.Interface); !ok {
		return false
	}
	n, named := t.(*types.Named)
	return !named || isCell(n.Obj().Pkg())
}

// foreignInterface tells error and the interface types of packages.
func foreignInterface(t types.Type) bool {
	return types.IsInterface(t) && !ownInterface(t)
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// tagged tells named structs, which reflect can tell apart.
func (e *emitter) tagged(n *types.Named) bool {
	s, ok := n.Underlying().(*types.Struct)
	return ok && s.NumFields() > 0 && !e.l.foreignDefinition(n)
}

// boxed tells types whose values need a box in interfaces: reflect would take
// them for another type.
func (e *emitter) boxed(t types.Type) bool {
	t = types.Unalias(e.concrete(t))
	switch t := t.(type) {
	case *types.Named:
		if !isCell(t.Obj().Pkg()) {
			return false
		}
		return !types.IsInterface(t) && !e.tagged(t)
	case *types.Pointer:
		return e.boxed(t.Elem())
	case *types.Slice:
		return e.boxed(t.Elem())
	case *types.Array:
		return e.boxed(t.Elem())
	case *types.Chan:
		return e.boxed(t.Elem())
	case *types.Signature:
		return e.anyOf(t, e.boxed)
	case *types.Map:
		return e.boxed(t.Key()) || e.boxed(t.Elem())
	case *types.Struct:
		for i := range t.NumFields() {
			if e.boxed(t.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}

// described tells types that have something of cells in them, so that they need
// a description to be printed.
func (e *emitter) described(t types.Type) bool {
	t = types.Unalias(e.concrete(t))
	switch t := t.(type) {
	case *types.Named:
		return isCell(t.Obj().Pkg()) && !types.IsInterface(t)
	case *types.Pointer:
		return e.described(t.Elem())
	case *types.Slice:
		return e.described(t.Elem())
	case *types.Array:
		return e.described(t.Elem())
	case *types.Chan:
		return e.described(t.Elem())
	case *types.Signature:
		return e.anyOf(t, e.described)
	case *types.Map:
		return e.described(t.Key()) || e.described(t.Elem())
	case *types.Struct:
		for i := range t.NumFields() {
			if e.described(t.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}

// hasCellMethods tells concrete types whose methods are functions of cells, so
// that compiled code cannot call them by itself.
func (e *emitter) hasCellMethods(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if cellNamed(t) != nil {
		return true
	}
	s, ok := t.(*types.Struct)
	for i := 0; ok && i < s.NumFields(); i++ {
		if s.Field(i).Embedded() {
			return true
		}
	}
	return false
}

// anyOf tells whether something holds for a parameter or result of a function.
func (e *emitter) anyOf(t *types.Signature, holds func(types.Type) bool) bool {
	for _, list := range []*types.Tuple{t.Params(), t.Results()} {
		for v := range list.Variables() {
			if holds(v.Type()) {
				return true
			}
		}
	}
	return false
}
