package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"runtime"
)

// unsafeConversion writes a conversion from or to unsafe.Pointer; "" for others.
func (e *emitter) unsafeConversion(t types.Type, x ast.Expr) string {
	from := e.typeOf(x)
	if e.info.Types[x].IsNil() {
		return ""
	}
	switch toUnsafe, fromUnsafe := isUnsafePointer(e.concrete(t)), isUnsafePointer(from); {
	case toUnsafe == fromUnsafe:
		return ""
	case toUnsafe:
		if _, pointer := from.Underlying().(*types.Pointer); pointer {
			return e.l.dyn() + ".PointerTo(" + e.expr(x, nil) + ")"
		}
		return e.l.dyn() + ".PointerAt(uintptr(" + e.expr(x, types.Typ[types.Uintptr]) + "))"
	}
	ts := e.typ(t)
	if _, pointer := e.concrete(t).Underlying().(*types.Pointer); pointer {
		return e.l.dyn() + ".PointerAs(" + e.expr(x, nil) + ", (" + ts + ")(nil)).(" + ts + ")"
	}
	return ts + "(" + e.l.dyn() + ".Address(" + e.expr(x, nil) + "))"
}

func isUnsafePointer(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

// unsafeCall writes a call of a function of package unsafe that is no constant.
func (e *emitter) unsafeCall(name string, x *ast.CallExpr) string {
	sizes := types.SizesFor("gc", runtime.GOARCH)
	switch name { // not constants in generic code only
	case "Sizeof":
		return fmt.Sprintf("uintptr(%d)", sizes.Sizeof(e.typeOf(x.Args[0])))
	case "Alignof":
		return fmt.Sprintf("uintptr(%d)", sizes.Alignof(e.typeOf(x.Args[0])))
	}
	args := make([]string, len(x.Args))
	for i, a := range x.Args {
		args[i] = e.expr(a, nil)
		if i == 1 {
			args[i] = "int(" + args[i] + ")"
		}
	}
	text := e.l.dyn() + ".Unsafe" + name + "(" + args[0]
	for _, a := range args[1:] {
		text += ", " + a
	}
	text += ")"
	if name == "Slice" || name == "SliceData" {
		text += ".(" + e.typ(e.typeOf(x)) + ")"
	}
	return text
}
