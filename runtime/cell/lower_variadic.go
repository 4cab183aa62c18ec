package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// joined writes the list of a call's arguments.
func (e *emitter) joined(sig *types.Signature, x *ast.CallExpr, args []string) string {
	fixed, last := sig.Params().Len()-1, len(args)-1
	switch {
	case x.Ellipsis.IsValid() && e.info.Types[x.Args[last]].IsNil():
		args[last] = noArguments(e.typ(sig.Params().At(fixed).Type())) + "..."
	case x.Ellipsis.IsValid():
		args[last] += "..."
	case !sig.Variadic() || e.compiled(x.Fun):
	case len(args) == fixed:
		// The interpreter would make an empty slice.
		args = append(args, noArguments(e.typ(sig.Params().At(fixed).Type()))+"...")
	case e.anyMistaken(sig, x.Args):
		slice := e.typ(sig.Params().At(fixed).Type()) + "{" + strings.Join(args[fixed:], ", ") + "}..."
		args = append(args[:fixed:fixed], slice)
	}
	return strings.Join(args, ", ")
}

// mistaken tells arguments that the interpreter takes for the whole list of a
// variadic function: slices of interface values, each of which is one of the list.
func (e *emitter) mistaken(sig *types.Signature, i int, t types.Type) bool {
	if !sig.Variadic() || i < sig.Params().Len()-1 {
		return false
	}
	s, ok := e.concrete(t).Underlying().(*types.Slice)
	return ok && types.IsInterface(s.Elem())
}

func (e *emitter) anyMistaken(sig *types.Signature, args []ast.Expr) bool {
	for i, a := range args {
		if e.mistaken(sig, i, e.typeOf(a)) {
			return true
		}
	}
	return false
}

// noArguments writes a nil slice of the type. The interpreter takes no
// conversion in parentheses before "...", and without them []func()(nil) is a
// type.
func noArguments(slice string) string {
	if converter(slice) == slice {
		return slice + "(nil)"
	}
	return "(*new(" + slice + "))"
}
