package cell

import (
	"go/ast"
	"go/types"
)

// decoding writes a call of json.Unmarshal or of a json.Decoder's Decode as one of
// runtime/dyn, which knows the methods of cells' types; "" for any other call.
func (e *emitter) decoding(fun ast.Expr, x *ast.CallExpr) string {
	id := calleeIdent(fun)
	if id == nil {
		return ""
	}
	f, ok := e.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "encoding/json" {
		return ""
	}
	switch {
	case f.Name() == "Unmarshal" && len(x.Args) == 2:
		return e.l.dyn() + ".Unmarshal(" + e.desc(e.typeOf(x.Args[1])) + ", " + e.expr(x.Args[0], f.Signature().Params().At(0).Type()) + ", " + e.value(x.Args[1], nil) + ")"
	case f.Name() == "Decode" && len(x.Args) == 1:
		s, ok := fun.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		sel, ok := e.info.Selections[s]
		if !ok || sel.Kind() != types.MethodVal || len(sel.Index()) != 1 || types.IsInterface(sel.Recv()) {
			return ""
		}
		d := e.operand(s.X)
		if _, pointer := e.typeOf(s.X).Underlying().(*types.Pointer); !pointer {
			d = address(d)
		}
		return e.l.dyn() + ".Decode(" + d + ", " + e.desc(e.typeOf(x.Args[0])) + ", " + e.value(x.Args[0], nil) + ")"
	}
	return ""
}
