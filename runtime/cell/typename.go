package cell

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// displayName is a type's name as %T prints it, which is that of package reflect.
func displayName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return "unsafe.Pointer"
		}
		return types.Typ[t.Kind()].Name() // byte is uint8
	case *types.Named:
		return namedName(t, (*types.Package).Name)
	case *types.Pointer:
		return "*" + displayName(t.Elem())
	case *types.Slice:
		return "[]" + displayName(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + displayName(t.Elem())
	case *types.Map:
		return "map[" + displayName(t.Key()) + "]" + displayName(t.Elem())
	case *types.Chan:
		return chanName(t)
	case *types.Signature:
		return "func" + signatureName(t)
	case *types.Struct:
		return structTypeName(t)
	case *types.Interface:
		return interfaceName(t)
	}
	return types.TypeString(t, (*types.Package).Name)
}

// namedName is the name of a named type; type arguments have the whole path of
// their package, and nothing between them but a comma.
func namedName(t *types.Named, qualify func(*types.Package) string) string {
	name := t.Obj().Name()
	if p := t.Obj().Pkg(); p != nil {
		name = qualify(p) + "." + name
	}
	if t.TypeArgs().Len() == 0 {
		return name
	}
	args := make([]string, t.TypeArgs().Len())
	for i := range args {
		if n, ok := types.Unalias(t.TypeArgs().At(i)).(*types.Named); ok {
			args[i] = namedName(n, (*types.Package).Path)
		} else {
			args[i] = displayName(t.TypeArgs().At(i))
		}
	}
	return name + "[" + strings.Join(args, ",") + "]"
}

func chanName(t *types.Chan) string { return chanOf(t.Dir(), displayName(t.Elem())) }

// chanOf writes the type of a channel with the element type elem.
func chanOf(dir types.ChanDir, elem string) string {
	switch dir {
	case types.SendOnly:
		return "chan<- " + elem
	case types.RecvOnly:
		return "<-chan " + elem
	}
	if strings.HasPrefix(elem, "<-") {
		elem = "(" + elem + ")"
	}
	return "chan " + elem
}

// signatureName gives parameters and results without names.
func signatureName(t *types.Signature) string {
	params := tupleNames(t.Params())
	if n := len(params) - 1; t.Variadic() && n >= 0 {
		params[n] = "..." + strings.TrimPrefix(params[n], "[]")
	}
	s := "(" + strings.Join(params, ", ") + ")"
	switch results := tupleNames(t.Results()); len(results) {
	case 0:
		return s
	case 1:
		return s + " " + results[0]
	default:
		return s + " (" + strings.Join(results, ", ") + ")"
	}
}

func tupleNames(t *types.Tuple) []string {
	names := make([]string, t.Len())
	for i := range names {
		names[i] = displayName(t.At(i).Type())
	}
	return names
}

func structTypeName(t *types.Struct) string {
	if t.NumFields() == 0 {
		return "struct {}"
	}
	fields := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		fields[i] = displayName(f.Type())
		if !f.Embedded() {
			fields[i] = f.Name() + " " + fields[i]
		}
		if tag := t.Tag(i); tag != "" {
			fields[i] += fmt.Sprintf(" %q", tag)
		}
	}
	return "struct { " + strings.Join(fields, "; ") + " }"
}

func interfaceName(t *types.Interface) string {
	if t.NumMethods() == 0 {
		return "interface {}"
	}
	methods := make([]string, t.NumMethods())
	for i := range methods {
		m := t.Method(i)
		name := m.Name()
		if !m.Exported() && m.Pkg() != nil {
			name = m.Pkg().Path() + "." + name
		}
		methods[i] = name + signatureName(m.Signature())
	}
	return "interface { " + strings.Join(methods, "; ") + " }"
}
