package cell

import (
	"go/ast"
	"go/types"
)

// valueArgument says which argument of the functions and methods of package
// encoding/json is the value: what lowered code calls in their place knows the
// methods of cells' types.
var valueArgument = map[string]int{"Marshal": 0, "MarshalIndent": 0, "Unmarshal": 1, "Encode": 0, "Decode": 0}

// jsonCall writes a call of one of these as one of runtime/dyn, which takes the
// description of the value's type too; "" for any other call.
func (e *emitter) jsonCall(fun ast.Expr, x *ast.CallExpr) string {
	id := calleeIdent(fun)
	if id == nil {
		return ""
	}
	f, ok := e.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "encoding/json" {
		return ""
	}
	value, ok := valueArgument[f.Name()]
	params := f.Signature().Params()
	if !ok || len(x.Args) != params.Len() {
		return ""
	}
	args := ""
	if f.Signature().Recv() != nil {
		if args = e.jsonStream(fun); args == "" {
			return ""
		}
	}
	for i, a := range x.Args {
		text := e.expr(a, params.At(i).Type())
		if i == value {
			text = e.desc(e.typeOf(a)) + ", " + e.value(a, params.At(i).Type())
			if e.info.Types[a].IsNil() {
				text = "nil, nil"
			}
		}
		args = join(args, text)
	}
	return e.l.dyn() + "." + f.Name() + "(" + args + ")"
}

// jsonStream writes a pointer to the json.Encoder or json.Decoder of a method
// call; "" where it is not that very type.
func (e *emitter) jsonStream(fun ast.Expr) string {
	s, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	sel, ok := e.info.Selections[s]
	if !ok || sel.Kind() != types.MethodVal || len(sel.Index()) != 1 || types.IsInterface(sel.Recv()) {
		return ""
	}
	if _, pointer := e.typeOf(s.X).Underlying().(*types.Pointer); pointer {
		return e.operand(s.X)
	}
	return address(e.operand(s.X))
}
