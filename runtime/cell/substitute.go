package cell

import "go/types"

// substitute replaces type parameters in a type.
func substitute(t types.Type, m map[*types.TypeParam]types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if r, ok := m[t]; ok {
			return r
		}
		return t
	case *types.Alias:
		return substitute(types.Unalias(t), m)
	case *types.Pointer:
		return types.NewPointer(substitute(t.Elem(), m))
	case *types.Slice:
		return types.NewSlice(substitute(t.Elem(), m))
	case *types.Array:
		return types.NewArray(substitute(t.Elem(), m), t.Len())
	case *types.Map:
		return types.NewMap(substitute(t.Key(), m), substitute(t.Elem(), m))
	case *types.Chan:
		return types.NewChan(t.Dir(), substitute(t.Elem(), m))
	case *types.Tuple:
		return substituteTuple(t, m)
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil,
			substituteTuple(t.Params(), m), substituteTuple(t.Results(), m), t.Variadic())
	case *types.Struct:
		return substituteStruct(t, m)
	case *types.Interface:
		return substituteInterface(t, m)
	case *types.Named:
		return substituteNamed(t, m)
	}
	return t
}

func substituteTuple(t *types.Tuple, m map[*types.TypeParam]types.Type) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		v := t.At(i)
		vars[i] = types.NewParam(v.Pos(), v.Pkg(), v.Name(), substitute(v.Type(), m))
	}
	return types.NewTuple(vars...)
}

func substituteStruct(t *types.Struct, m map[*types.TypeParam]types.Type) types.Type {
	fields := make([]*types.Var, t.NumFields())
	tags := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), substitute(f.Type(), m), f.Embedded())
		tags[i] = t.Tag(i)
	}
	return types.NewStruct(fields, tags)
}

func substituteInterface(t *types.Interface, m map[*types.TypeParam]types.Type) types.Type {
	if t.NumMethods() == 0 || !t.IsMethodSet() {
		return t
	}
	methods := make([]*types.Func, t.NumMethods())
	for i := range methods {
		f := t.Method(i)
		methods[i] = types.NewFunc(f.Pos(), f.Pkg(), f.Name(), substitute(f.Signature(), m).(*types.Signature))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

func substituteNamed(t *types.Named, m map[*types.TypeParam]types.Type) types.Type {
	args := t.TypeArgs()
	if args.Len() == 0 {
		return t
	}
	list := make([]types.Type, args.Len())
	changed := false
	for i := range list {
		list[i] = substitute(args.At(i), m)
		changed = changed || list[i] != args.At(i)
	}
	if !changed {
		return t
	}
	if r, err := types.Instantiate(nil, t.Origin(), list, false); err == nil {
		return r
	}
	return t
}
