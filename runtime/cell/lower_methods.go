package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// methodName is the function that a method of a cell's type is lowered to. The
// interpreter's own methods cost five times a function's call and are unknown to
// compiled code.
func methodName(typeID, method string) string { return typeID + "_" + method + mark }

// methodOn writes the call of a method, given the text of the value that it is
// selected from, which has type t, and the path of embedded fields to it.
func (e *emitter) methodOn(x string, t types.Type, index []int, m *types.Func, args string) string {
	if call := e.waitCall(x, t, index, m, args); call != "" {
		return call
	}
	x, t = e.follow(x, t, index[:len(index)-1])
	return e.callMethod(x, t, m, args)
}

// follow writes the selection of embedded fields. What is in a field that a package
// keeps to itself, as in those of net.TCPConn, is selected from the whole.
func (e *emitter) follow(x string, t types.Type, index []int) (string, types.Type) {
	for _, i := range index {
		f := structField(t, i)
		if f == nil || !f.Exported() && !isCell(f.Pkg()) {
			return x, t
		}
		x += "." + f.Name()
		t = e.concrete(f.Type())
	}
	return x, t
}

// callMethod writes the call of a method of the very type t of x.
func (e *emitter) callMethod(x string, t types.Type, m *types.Func, args string) string {
	switch {
	case ownInterface(t):
		return e.dispatcher(m) + "(" + join(x, args) + ")"
	case types.IsInterface(t):
		return x + "." + m.Name() + "(" + args + ")"
	}
	base, isPtr := t, false
	if p, ok := t.Underlying().(*types.Pointer); ok {
		base, isPtr = p.Elem(), true
	}
	named := cellNamed(base)
	if named == nil {
		return x + "." + m.Name() + "(" + args + ")"
	}
	switch wantPtr := pointerReceiver(m); {
	case wantPtr && !isPtr:
		x = address(x)
	case !wantPtr && isPtr:
		x = "*" + x
	}
	return methodName(e.named(named), m.Name()) + "(" + join(x, args) + ")"
}

// address writes &x; the interpreter does not know that &*p is p.
func address(x string) string {
	if rest, ok := strings.CutPrefix(x, "(*"); ok && strings.HasSuffix(rest, ")") && strings.Count(rest, ")") == 1 {
		return strings.TrimSuffix(rest, ")")
	}
	return "&" + x
}

func join(first, rest string) string {
	switch "" {
	case first:
		return rest
	case rest:
		return first
	}
	return first + ", " + rest
}

// dispatcher is a function that calls a method of an interface value.
func (e *emitter) dispatcher(m *types.Func) string {
	sig := e.concrete(m.Signature()).(*types.Signature)
	ft := e.closureType(sig)
	return e.l.helper("call "+m.Name()+" "+ft, func(name string) string {
		recv := "x" + mark
		head, args := e.closureHead(sig, recv)
		call := fmt.Sprintf("%s.Method(%s, %q).(%s)(%s)", e.l.dyn(), recv, m.Name(), ft, join(recv, args))
		if sig.Results().Len() > 0 {
			call = "return " + call
		}
		return strings.Replace(head, "func(", "func "+name+"(", 1) + " { " + call + " }\n"
	})
}

// methodOf gives the method that a selection means once type parameters are
// replaced, with the path to it.
func (e *emitter) methodOf(sel *types.Selection) (*types.Func, []int) {
	m := sel.Obj().(*types.Func)
	recv := sel.Recv()
	if p, ok := recv.(*types.Pointer); ok {
		recv = p.Elem()
	}
	if !isTypeParam(recv) {
		return m, sel.Index()
	}
	obj, index, _ := types.LookupFieldOrMethod(e.concrete(sel.Recv()), true, m.Pkg(), m.Name())
	if f, ok := obj.(*types.Func); ok {
		return f, index
	}
	return m, sel.Index()
}

// methodCall writes x.Method(arguments).
func (e *emitter) methodCall(x *ast.SelectorExpr, sel *types.Selection, args string) string {
	m, index := e.methodOf(sel)
	return e.methodOn(e.operand(x.X), e.typeOf(x.X), index, m, args)
}

// methodValue writes x.Method that is not called: a function that has its own
// copy of the receiver.
func (e *emitter) methodValue(x *ast.SelectorExpr, sel *types.Selection) string {
	m, index := e.methodOf(sel)
	sig, ok := e.concrete(sel.Type()).(*types.Signature)
	if !ok {
		return "nil"
	}
	operand, t := e.follow(e.operand(x.X), e.typeOf(x.X), index[:len(index)-1])
	if p, ok := t.Underlying().(*types.Pointer); !types.IsInterface(t) && ok != pointerReceiver(m) {
		if ok {
			operand, t = "*"+operand, p.Elem()
		} else {
			operand, t = address(operand), types.NewPointer(t)
		}
	}
	if types.IsInterface(t) {
		operand = e.notNil(operand, t)
	}
	recv := "r" + mark
	head, args := e.closureHead(sig, "")
	call := e.methodOn(recv, t, index[len(index)-1:], m, args)
	if sig.Results().Len() > 0 {
		call = "return " + call
	}
	return fmt.Sprintf("func(%s %s) %s { return %s { %s } }(%s)", recv, e.typ(t), e.typ(sig), head, call, operand)
}

// notNil writes an interface value of which a method is to be called later: a nil one
// panics now.
func (e *emitter) notNil(x string, t types.Type) string {
	ts := e.typ(t)
	fn := e.l.helper("notNil "+ts, func(name string) string {
		return fmt.Sprintf("func %s(x %s) %s { if x == nil { %s.NilInterface() }; return x }\n", name, ts, ts, e.l.dyn())
	})
	return fn + "(" + x + ")"
}

// methodExpr writes T.Method as a function literal.
func (e *emitter) methodExpr(x *ast.SelectorExpr, sel *types.Selection) string {
	sig, ok := e.concrete(sel.Type()).(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return "nil"
	}
	head, args := e.closureHead(sig, "")
	recv, rest, _ := strings.Cut(args, ", ")
	m, index := e.methodOf(sel)
	call := e.methodOn(recv, e.concrete(sel.Recv()), index, m, rest)
	if sig.Results().Len() > 0 {
		call = "return " + call
	}
	return head + " { " + call + " }"
}
