package cell

import (
	"fmt"
	"go/types"
	"strings"
)

// variable writes the declaration of a package variable. In a declaration with a
// struct type, the interpreter takes the names of the fields for variables of
// earlier cells that have to be there first: a function's result has such a type too.
func (l *lowering) variable(name, typ string) string {
	if !strings.Contains(typ, "struct {") {
		return "var " + name + " " + typ + "\n"
	}
	empty := l.helper("empty "+typ, func(fn string) string {
		return fmt.Sprintf("func %s() (r %s) { return }\n", fn, typ)
	})
	return "var " + name + " = " + empty + "()\n"
}

// variableType writes the type of a package variable. An unexported type of
// another package has no name to write: an exported variable of that package
// with this type gives it, as binary.BigEndian does.
func (l *lowering) variableType(e *emitter, s slot) string {
	if v := exportedVariable(s.typ); v != nil {
		return "= " + l.alias(v.Pkg()) + "." + v.Name()
	}
	return e.typ(s.typ)
}

func exportedVariable(t types.Type) *types.Var {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Exported() || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() == "main" {
		return nil
	}
	scope := n.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && v.Exported() && types.Identical(v.Type(), t) {
			return v
		}
	}
	return nil
}
