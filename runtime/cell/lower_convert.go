package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// adapt writes the conversion that an assignment of a value of one type to a
// place of another makes: a value becomes an interface value.
func (e *emitter) adapt(x string, from, to types.Type) string {
	if from == nil || to == nil {
		return x
	}
	from, to = types.Unalias(e.concrete(from)), types.Unalias(e.concrete(to))
	if b, ok := from.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return x
	}
	switch {
	case !types.IsInterface(to):
		return e.adaptStruct(x, from, to)
	case types.IsInterface(from):
		if ownInterface(from) && foreignInterface(to) {
			return e.asForeign(to) + "(" + x + ")"
		}
		return x
	case ownInterface(to):
		return e.box(x, from)
	case e.hasCellMethods(from):
		return e.asForeignFrom(from, to) + "(" + x + ")"
	}
	return x
}

// asInterface writes a conversion to an interface type. The interpreter loses its
// way in one of a computed value among operands of && and || and in conditions, and
// ends the function; nor can it compare one with nil.
func (e *emitter) asInterface(t types.Type, x string) string {
	if ts := e.typ(t); ts != "interface{}" {
		return ts + "(" + x + ")"
	}
	return e.l.dyn() + ".Any(" + x + ")"
}

// toInterface writes a conversion to an interface type. That of a package is made
// by a function, for the same reasons.
func (e *emitter) toInterface(t types.Type, x ast.Expr) string {
	from := e.typeOf(x)
	if ownInterface(e.concrete(t)) || e.info.Types[x].IsNil() {
		return e.asInterface(t, e.expr(x, t))
	}
	if types.IsInterface(from) || e.hasCellMethods(from) {
		return e.expr(x, t) // an interface value, or made one
	}
	ts, fs := e.typ(t), e.typ(from)
	fn := e.l.helper("convert "+ts+" "+fs, func(name string) string {
		return fmt.Sprintf("func %s(x %s) %s { return x }\n", name, fs, ts)
	})
	return fn + "(" + e.expr(x, from) + ")"
}

// box writes a value as an interface value.
func (e *emitter) box(x string, t types.Type) string {
	if e.boxed(t) {
		return e.l.dyn() + ".Box(" + e.desc(t) + ", " + x + ")"
	}
	return x
}

// adaptStruct writes the conversion between a named struct and one without
// name, whose tags differ in the interpreter, and that to a function type of a
// package.
func (e *emitter) adaptStruct(x string, from, to types.Type) string {
	_, fromStruct := from.Underlying().(*types.Struct)
	_, fromNamed := from.(*types.Named)
	_, toNamed := to.(*types.Named)
	_, fromFunction := from.(*types.Signature)
	if fromStruct && fromNamed != toNamed || fromFunction && foreignFunction(to) {
		return e.typ(to) + "(" + x + ")"
	}
	return x
}

// foreignFunction tells a function type of a package, such as http.HandlerFunc:
// the interpreter does not make one of a function by itself where it passes it to
// another function of a cell.
func foreignFunction(t types.Type) bool {
	n, ok := t.(*types.Named)
	if !ok || isCell(n.Obj().Pkg()) || n.TypeArgs().Len() > 0 { // an iter.Seq is lowered to what it is
		return false
	}
	_, ok = n.Underlying().(*types.Signature)
	return ok
}

// adapts tells whether a conversion changes anything, without writing it.
func (e *emitter) adapts(from, to types.Type) bool {
	if from == nil || to == nil {
		return false
	}
	from, to = types.Unalias(e.concrete(from)), types.Unalias(e.concrete(to))
	if types.Identical(from, to) || !types.IsInterface(to) {
		return false
	}
	if types.IsInterface(from) {
		return ownInterface(from) && foreignInterface(to)
	}
	return e.boxed(from) || foreignInterface(to) && e.hasCellMethods(from)
}

// isError tells the predeclared type error.
func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// asForeign names a function that makes an interface of a package of any
// interface value known to implement it.
func (e *emitter) asForeign(to types.Type) string {
	if isError(to) {
		return e.l.dyn() + ".AsError"
	}
	ts := e.typ(to)
	return e.l.helper("as "+ts, func(name string) string {
		return fmt.Sprintf("func %s(x interface{}) %s { r, _ := %s(x); return r }\n", name, ts, e.toForeign(to))
	})
}

// toForeign names a function that makes an interface of a package of any
// interface value, and tells whether the value implements it.
func (e *emitter) toForeign(to types.Type) string {
	if isError(to) {
		return e.l.dyn() + ".ToError"
	}
	ts := e.typ(to)
	return e.l.helper("to "+ts, func(name string) string {
		var b strings.Builder
		d := e.l.dyn()
		fmt.Fprintf(&b, "func %s(x interface{}) (%s, bool) {\nvar r %s\nif x == nil { return r, false }\n", name, ts, ts)
		fmt.Fprintf(&b, "if !%s.IsCell(x) { r, ok := x.(%s); return r, ok }\n", d, ts)
		fmt.Fprintf(&b, "if !%s.Implements(x, %s) { return r, false }\n", d, e.interfaceDesc(to))
		fields := e.wrapperFields(to, func(m *types.Func, args string) string {
			ft := e.closureType(m.Signature())
			return fmt.Sprintf("%s.Method(x, %q).(%s)(%s)", d, m.Name(), ft, join("x", args))
		})
		fmt.Fprintf(&b, "return %s{IValue: x, %s}, true\n}\n", e.wrapperType(to), fields)
		return b.String()
	})
}

// asForeignFrom names a function that makes an interface of a package of a value
// of a concrete type.
func (e *emitter) asForeignFrom(from, to types.Type) string {
	ts, fs := e.typ(to), e.typ(from)
	return e.l.helper("as "+ts+" from "+fs, func(name string) string {
		value := e.box("v", from)
		if isError(to) {
			return fmt.Sprintf("func %s(v %s) error { return %s.AsError(%s) }\n", name, fs, e.l.dyn(), value)
		}
		fields := e.wrapperFields(to, func(m *types.Func, args string) string {
			obj, index, _ := types.LookupFieldOrMethod(from, false, m.Pkg(), m.Name())
			f, ok := obj.(*types.Func)
			if !ok {
				return "nil"
			}
			return e.methodOn("v", from, index, f, args)
		})
		return fmt.Sprintf("func %s(v %s) %s { return %s{IValue: %s, %s} }\n", name, fs, ts, e.wrapperType(to), value, fields)
	})
}

// wrapperType is the struct through which interpreted values are an interface
// of a package: the interpreter's symbols have one, with _ before its name.
func (e *emitter) wrapperType(t types.Type) string {
	n := types.Unalias(t).(*types.Named)
	if n.TypeArgs().Len() > 0 {
		e.unsupported(e.pos, "a value of a cell's type as %s", displayName(t))
		return "any"
	}
	return e.l.alias(n.Obj().Pkg()) + "._" + n.Obj().Name()
}

// wrapperFields writes the fields of a wrapper, one function a method.
func (e *emitter) wrapperFields(t types.Type, call func(m *types.Func, args string) string) string {
	i := t.Underlying().(*types.Interface)
	fields := make([]string, i.NumMethods())
	for k := range fields {
		m := i.Method(k)
		if !m.Exported() {
			e.unsupported(e.pos, "a value of a cell's type as %s", displayName(t))
		}
		head, args := e.closureHead(m.Signature(), "")
		text := call(m, args)
		if m.Signature().Results().Len() > 0 {
			text = "return " + text
		}
		fields[k] = fmt.Sprintf("W%s: %s { %s }", m.Name(), head, text)
	}
	return strings.Join(fields, ", ")
}

// interfaceDesc names the variable that describes an interface type.
func (e *emitter) interfaceDesc(t types.Type) string {
	i := t.Underlying().(*types.Interface)
	methods := make([]string, i.NumMethods())
	for k := range methods {
		m := i.Method(k)
		methods[k] = fmt.Sprintf("%q: (%s)(nil)", m.Name(), e.closureType(e.concrete(m.Signature()).(*types.Signature)))
	}
	list := strings.Join(methods, ", ")
	return e.l.helper("iface "+displayName(t)+" "+list, func(name string) string {
		return fmt.Sprintf("var %s = %s.NewInterface(%q, map[string]interface{}{%s})\n", name, e.l.dyn(), displayName(t), list)
	})
}

// tuple writes the values of a call with several results, which go to places of
// the types to. Where one must be adapted, before holds a statement that must
// come first.
func (e *emitter) tuple(x ast.Expr, to func(i int) types.Type) (before, values string) {
	t, ok := e.typeOf(x).(*types.Tuple)
	if !ok {
		return "", e.expr(x, nil)
	}
	changes := false
	for i := range t.Len() {
		changes = changes || e.adapts(t.At(i).Type(), to(i))
	}
	if !changes {
		return "", e.expr(x, nil)
	}
	names, list := make([]string, t.Len()), make([]string, t.Len())
	for i := range names {
		names[i] = e.l.temp("t")
		list[i] = e.adapt(names[i], t.At(i).Type(), to(i))
	}
	return strings.Join(names, ", ") + " := " + e.expr(x, nil) + "\n", strings.Join(list, ", ")
}
