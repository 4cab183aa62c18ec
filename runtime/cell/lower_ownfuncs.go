package cell

import "go/types"

// ownFunctions gives a field of a struct that holds several functions which take
// or give the struct itself, such as []func(*T): the interpreter cannot make such
// a type. A field that is one function it can.
func ownFunctions(t *types.Named) (field string, found bool) {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return "", false
	}
	for f := range s.Fields() {
		if ownFunctionsIn(types.Unalias(f.Type()), t, false) {
			return f.Name(), true
		}
	}
	return "", false
}

func ownFunctionsIn(in types.Type, t *types.Named, within bool) bool {
	switch u := in.(type) {
	case *types.Signature:
		return within && recursive(u, t, map[types.Type]bool{})
	case *types.Named:
		sig, ok := u.Underlying().(*types.Signature)
		return ok && within && isCell(u.Obj().Pkg()) && recursive(sig, t, map[types.Type]bool{})
	case *types.Map:
		return ownFunctionsIn(types.Unalias(u.Elem()), t, true)
	case *types.Slice:
		return ownFunctionsIn(types.Unalias(u.Elem()), t, true)
	case *types.Array:
		return ownFunctionsIn(types.Unalias(u.Elem()), t, true)
	case *types.Chan:
		return ownFunctionsIn(types.Unalias(u.Elem()), t, true)
	}
	return false
}
