package cell

import "go/types"

// typeMap says what stands for each type parameter.
type typeMap map[*types.TypeParam]types.Type

// substitute replaces type parameters in a type, and named types by what replace
// gives for them.
func substitute(t types.Type, m typeMap, replace func(*types.Named) types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if r, ok := m[t]; ok {
			return r
		}
		return t
	case *types.Alias:
		return substitute(types.Unalias(t), m, replace)
	case *types.Pointer:
		return types.NewPointer(substitute(t.Elem(), m, replace))
	case *types.Slice:
		return types.NewSlice(substitute(t.Elem(), m, replace))
	case *types.Array:
		return types.NewArray(substitute(t.Elem(), m, replace), t.Len())
	case *types.Map:
		return types.NewMap(substitute(t.Key(), m, replace), substitute(t.Elem(), m, replace))
	case *types.Chan:
		return types.NewChan(t.Dir(), substitute(t.Elem(), m, replace))
	case *types.Tuple:
		return substituteTuple(t, m, replace)
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil,
			substituteTuple(t.Params(), m, replace), substituteTuple(t.Results(), m, replace), t.Variadic())
	case *types.Struct:
		return substituteStruct(t, m, replace)
	case *types.Interface:
		return substituteInterface(t, m, replace)
	case *types.Named:
		return substituteNamed(t, m, replace)
	}
	return t
}

func substituteTuple(t *types.Tuple, m typeMap, replace func(*types.Named) types.Type) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		v := t.At(i)
		vars[i] = types.NewParam(v.Pos(), v.Pkg(), v.Name(), substitute(v.Type(), m, replace))
	}
	return types.NewTuple(vars...)
}

func substituteStruct(t *types.Struct, m typeMap, replace func(*types.Named) types.Type) types.Type {
	fields := make([]*types.Var, t.NumFields())
	tags := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), substitute(f.Type(), m, replace), f.Embedded())
		tags[i] = t.Tag(i)
	}
	return types.NewStruct(fields, tags)
}

func substituteInterface(t *types.Interface, m typeMap, replace func(*types.Named) types.Type) types.Type {
	if t.NumMethods() == 0 || !t.IsMethodSet() {
		return t
	}
	methods := make([]*types.Func, t.NumMethods())
	for i := range methods {
		f := t.Method(i)
		methods[i] = types.NewFunc(f.Pos(), f.Pkg(), f.Name(), substitute(f.Signature(), m, replace).(*types.Signature))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

func substituteNamed(t *types.Named, m typeMap, replace func(*types.Named) types.Type) types.Type {
	args := t.TypeArgs()
	if args.Len() == 0 {
		return t
	}
	if r, ok := replace(t).(*types.Named); ok && r != t {
		return substituteNamed(r, m, replace)
	}
	list := make([]types.Type, args.Len())
	changed := false
	for i := range list {
		list[i] = substitute(args.At(i), m, replace)
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
