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
	case len(args) == fixed, e.anyMistaken(sig, x.Args), !e.isDeclared(x.Fun):
		args = e.listed(sig, args)
	}
	return strings.Join(args, ", ")
}

// listed makes one argument of those that a variadic function takes as a list. Of
// none the interpreter would make an empty slice.
func (e *emitter) listed(sig *types.Signature, args []string) []string {
	fixed := sig.Params().Len() - 1
	slice := e.typ(sig.Params().At(fixed).Type())
	if len(args) == fixed {
		return append(args, noArguments(slice)+"...")
	}
	return append(args[:fixed:fixed], slice+"{"+strings.Join(args[fixed:], ", ")+"}...")
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

// isDeclared tells declared functions and methods. Of a function that is the value of
// a field the interpreter does not see that it takes a list, nor of a variable that
// got it from there.
func (e *emitter) isDeclared(fun ast.Expr) bool {
	id := calleeIdent(fun)
	if id == nil {
		return false
	}
	_, ok := e.info.Uses[id].(*types.Func)
	return ok
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
