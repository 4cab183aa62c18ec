package cell

import (
	"go/types"
	"strings"
)

// short qualifies names with the package's name, and the cells' own with nothing.
func short(pkg *types.Package) string {
	if isCell(pkg) {
		return ""
	}
	return pkg.Name()
}

// describe makes a match of an object.
func describe(obj types.Object) Match {
	m := Match{Text: obj.Name()}
	switch obj := obj.(type) {
	case *types.Builtin:
		m.Type = "function"
		m.Signature = builtins[obj.Name()]
	case *types.Func:
		m.Type = "function"
		if obj.Signature().Recv() != nil {
			m.Type = "method"
		}
		m.Signature = strings.TrimPrefix(types.TypeString(obj.Signature(), short), "func")
	case *types.Var:
		m.Type = "variable"
		if obj.IsField() {
			m.Type = "field"
		}
		m.Signature = types.TypeString(obj.Type(), short)
	case *types.Const:
		m.Type = "constant"
		m.Signature = obj.Val().String()
	case *types.TypeName:
		m.Type = "type"
		if obj.Type() != nil {
			m.Signature = kindOf(obj.Type())
		}
	case *types.PkgName:
		m.Type = "package"
		m.Signature = obj.Imported().Path()
	case *types.Nil:
		m.Type = "constant"
	}
	return m
}

// kindOf says in a word what sort of type one is.
func kindOf(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	default:
		return types.TypeString(u, short)
	}
}
