package cell

import (
	"fmt"
	"go/types"
	"sort"
	"strings"
)

// declaration writes what an object is, as one would read it in the documentation.
func declaration(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return fmt.Sprintf("package %s // import %q", obj.Imported().Name(), cellPath(obj.Imported().Path()))
	case *types.Builtin:
		if sig, ok := builtins[obj.Name()]; ok {
			return "func " + obj.Name() + sig
		}
		return "func " + obj.Name()
	case *types.TypeName:
		return typeDeclaration(obj)
	case *types.Func:
		return funcDeclaration(obj)
	case *types.Nil:
		return "nil"
	}
	text := types.ObjectString(obj, short)
	if c, ok := obj.(*types.Const); ok && !strings.Contains(text, " = ") {
		text += " = " + c.Val().String()
	}
	return text
}

// cellPath is the path by which cells import a package: the module and its
// package share the name ipclab.
func cellPath(path string) string { return strings.TrimPrefix(path, "ipclab/") }

// funcDeclaration writes the head of a function or method.
func funcDeclaration(f *types.Func) string {
	recv := f.Signature().Recv()
	if recv == nil {
		return types.ObjectString(f, short)
	}
	name := recv.Name()
	if name != "" {
		name += " "
	}
	return "func (" + name + types.TypeString(recv.Type(), short) + ") " + f.Name() +
		strings.TrimPrefix(types.TypeString(f.Signature(), short), "func")
}

// typeDeclaration writes a type; a struct with a line for each field that may be
// used.
func typeDeclaration(obj *types.TypeName) string {
	if _, basic := obj.Type().(*types.Basic); basic && obj.Pkg() == nil {
		return "type " + obj.Name() // predeclared
	}
	s, ok := obj.Type().Underlying().(*types.Struct)
	if _, isAlias := obj.Type().(*types.Alias); !ok || isAlias || s.NumFields() == 0 {
		return types.ObjectString(obj, short)
	}
	head, _, found := strings.Cut(types.ObjectString(obj, short), " struct{")
	if !found {
		return types.ObjectString(obj, short)
	}
	lines := []string{head + " struct {"}
	hidden := false
	for i := range s.NumFields() {
		f := s.Field(i)
		switch text := types.TypeString(f.Type(), short); {
		case !f.Exported() && !isCell(f.Pkg()):
			hidden = true
		case f.Embedded():
			lines = append(lines, "\t"+text)
		default:
			lines = append(lines, "\t"+f.Name()+" "+text)
		}
	}
	if hidden {
		lines = append(lines, "\t// unexported fields")
	}
	return strings.Join(append(lines, "}"), "\n")
}

// methodsOf writes the methods of a type that may be called. Those of an
// interface stand in its declaration.
func (s *Session) methodsOf(obj *types.TypeName) []string {
	if obj.Type() == nil || types.IsInterface(obj.Type()) {
		return nil
	}
	var methods []string
	eachMethod(obj.Type(), true, func(m types.Object) {
		f, ok := m.(*types.Func)
		if ok && !s.phantom(s.world, f) && (f.Exported() || isCell(f.Pkg())) {
			methods = append(methods, funcDeclaration(f))
		}
	})
	sort.Strings(methods)
	return methods
}

// builtins are the predeclared functions, whose signatures go/types has no words
// for.
var builtins = map[string]string{
	"append":  "(slice []Type, elems ...Type) []Type",
	"cap":     "(v Type) int",
	"clear":   "[T ~[]Type | ~map[Type]Type1](t T)",
	"close":   "(c chan<- Type)",
	"complex": "(r, i FloatType) ComplexType",
	"copy":    "(dst, src []Type) int",
	"delete":  "(m map[Type]Type1, key Type)",
	"imag":    "(c ComplexType) FloatType",
	"len":     "(v Type) int",
	"make":    "(t Type, size ...IntegerType) Type",
	"max":     "[T cmp.Ordered](x T, y ...T) T",
	"min":     "[T cmp.Ordered](x T, y ...T) T",
	"new":     "(Type) *Type",
	"panic":   "(v any)",
	"print":   "(args ...Type)",
	"println": "(args ...Type)",
	"real":    "(c ComplexType) FloatType",
	"recover": "() any",
}
