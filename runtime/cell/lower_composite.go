package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// composite writes a composite literal.
func (e *emitter) composite(x *ast.CompositeLit) string { return e.compositeOf(x, "") }

// compositeOf writes a composite literal, or with amp its address. Among operands of
// && and || the interpreter loses its way in a struct or map, and ends the function:
// there it is the result of a function.
func (e *emitter) compositeOf(x *ast.CompositeLit, amp string) string {
	t := e.typeOf(x)
	if p, ok := t.Underlying().(*types.Pointer); ok && x.Type == nil {
		t, amp = p.Elem(), "&"
	}
	_, isSlice := t.Underlying().(*types.Slice)
	if !e.logical || isSlice && amp == "" {
		return e.compositeText(x, t, amp)
	}
	e.logical = false
	defer func() { e.logical = true }()
	result := strings.Replace(amp, "&", "*", 1) + e.typ(t)
	return "func() " + result + " { return " + e.compositeText(x, t, amp) + " }()"
}

func (e *emitter) compositeText(x *ast.CompositeLit, t types.Type, amp string) string {
	var elements []string
	for i, el := range x.Elts {
		if text := e.element(t, i, el); text != "" {
			elements = append(elements, text)
		}
	}
	return amp + e.typ(t) + "{" + strings.Join(elements, ", ") + "}"
}

// element writes one element of a composite literal of type t, "" for a blank field.
func (e *emitter) element(t types.Type, i int, el ast.Expr) string {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			f, ok := e.info.ObjectOf(kv.Key.(*ast.Ident)).(*types.Var)
			if !ok {
				return "nil"
			}
			return f.Name() + ": " + e.expr(kv.Value, e.concrete(f.Type()))
		}
		if u.Field(i).Name() == "_" {
			return ""
		}
		return u.Field(i).Name() + ": " + e.expr(el, e.concrete(u.Field(i).Type()))
	case *types.Map:
		kv := el.(*ast.KeyValueExpr)
		return e.key(kv.Key, u.Key()) + ": " + e.expr(kv.Value, u.Elem())
	case *types.Slice:
		return e.listElement(el, u.Elem())
	case *types.Array:
		return e.listElement(el, u.Elem())
	}
	return e.expr(el, nil)
}

func (e *emitter) listElement(el ast.Expr, t types.Type) string {
	if kv, ok := el.(*ast.KeyValueExpr); ok {
		return e.expr(kv.Key, types.Typ[types.Int]) + ": " + e.expr(kv.Value, t)
	}
	return e.expr(el, t)
}
