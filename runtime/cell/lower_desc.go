package cell

import (
	"fmt"
	"go/types"
	"strings"
)

// dynPath is the import path of runtime/dyn for lowered code.
const dynPath = "ipclab/dyn"

func (l *lowering) dyn() string { return l.importPath(dynPath, "dyn") }

// typeVar is the variable that holds the description of a named type.
func typeVar(id string) string { return id + mark + "type" }

// desc writes the description of a type: nil when nothing of cells is in it.
func (e *emitter) desc(t types.Type) string {
	t = types.Unalias(e.concrete(t))
	if !e.described(t) {
		return "nil"
	}
	switch u := t.(type) {
	case *types.Named:
		return typeVar(e.named(u))
	case *types.Pointer:
		return e.desc(u.Elem()) + ".Pointer()"
	}
	return e.composite2(t)
}

// composite2 writes the description of a type without name, which is made once.
func (e *emitter) composite2(t types.Type) string {
	id := e.l.withoutAliases(e.typ(t))
	key := "desc " + id + e.told(t)
	for _, known := range []map[string]string{e.l.ch.base.helpers, e.l.change.helpers} {
		if name, ok := known[key]; ok {
			return name
		}
	}
	k, elem, fields := e.descParts(t)
	name := fmt.Sprintf("desc%s%dh%d", mark, e.l.file, len(e.l.change.helpers))
	e.l.change.helpers[key] = name
	fmt.Fprintf(&e.l.decls, "var %s *%s.Type\n", name, e.l.dyn())
	fmt.Fprintf(&e.l.setup, "%s = %s.Composite(%q, %q, %v, %s, %s, %s)\n",
		name, e.l.dyn(), id, displayName(t), e.boxed(t), k, elem, fields)
	return name
}

// descParts writes the descriptions of what a type is made of.
func (e *emitter) descParts(t types.Type) (key, elem, fields string) {
	key, elem, fields = "nil", "nil", "nil"
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem = e.desc(u.Elem())
	case *types.Array:
		elem = e.desc(u.Elem())
	case *types.Chan:
		elem = e.desc(u.Elem())
	case *types.Pointer:
		elem = e.desc(u.Elem())
	case *types.Map:
		key, elem = e.desc(u.Key()), e.desc(u.Elem())
	case *types.Struct:
		fields = e.descFields(u)
	}
	return key, elem, fields
}

func (e *emitter) descFields(s *types.Struct) string {
	list := make([]string, s.NumFields())
	some := false
	for i := range list {
		list[i] = e.desc(s.Field(i).Type())
		some = some || list[i] != "nil"
	}
	if !some {
		return "nil"
	}
	return "[]*" + e.l.dyn() + ".Type{" + strings.Join(list, ", ") + "}"
}

// describe writes the description of a named type: a variable that is there
// when the file is loaded, and its parts and methods before the cell's statements.
func (e *emitter) describe(id string, t *types.Named) {
	fmt.Fprintf(&e.l.decls, "var %s = %s.New(%q, %q, %v)\n", typeVar(id), e.l.dyn(), id, displayName(t), !e.tagged(t))
	e.l.queue = append(e.l.queue, func() {
		if key, elem, fields := e.descParts(t); key != "nil" || elem != "nil" || fields != "nil" {
			fmt.Fprintf(&e.l.setup, "%s.Define(%s, %s, %s)\n", typeVar(id), key, elem, fields)
		}
		e.describeMethods(typeVar(id), t)
		e.describeMethods(typeVar(id)+".Pointer()", types.NewPointer(t))
	})
}

func (e *emitter) describeMethods(v string, t types.Type) {
	set := types.NewMethodSet(t)
	if set.Len() == 0 {
		return
	}
	var list []string
	for i := range set.Len() {
		if m := set.At(i).Obj(); m.Exported() || isCell(m.Pkg()) {
			list = append(list, fmt.Sprintf("%q: %s", m.Name(), e.methodClosure(t, set.At(i))))
		}
	}
	fmt.Fprintf(&e.l.setup, "%s.AddMethods(map[string]interface{}{\n%s,\n})\n", v, strings.Join(list, ",\n"))
}

// methodClosure writes a method as a function of the interface value and the
// parameters.
func (e *emitter) methodClosure(t types.Type, sel *types.Selection) string {
	sig := sel.Type().(*types.Signature)
	recv := "r" + mark
	head, args := e.closureHead(sig, recv)
	call := e.methodOn(e.assertTo(recv, t), t, sel.Index(), sel.Obj().(*types.Func), args)
	if sig.Results().Len() > 0 {
		call = "return " + call
	}
	return head + " { " + call + " }"
}

// closureHead writes func(recv interface{}, parameters) results, and the
// arguments that pass the parameters on.
func (e *emitter) closureHead(sig *types.Signature, recv string) (head, args string) {
	params, pass := []string{}, []string{}
	if recv != "" {
		params = append(params, recv+" interface{}")
	}
	for i := range sig.Params().Len() {
		n := fmt.Sprintf("p%s%d", mark, i)
		params = append(params, n+" "+e.parameterType(sig, i))
		if sig.Variadic() && i == sig.Params().Len()-1 {
			n += "..."
		}
		pass = append(pass, n)
	}
	return "func(" + strings.Join(params, ", ") + ")" + e.results(sig.Results()), strings.Join(pass, ", ")
}

// closureType is the type of closureHead's function with a receiver.
func (e *emitter) closureType(sig *types.Signature) string {
	params := []string{"interface{}"}
	for i := range sig.Params().Len() {
		params = append(params, e.parameterType(sig, i))
	}
	return "func(" + strings.Join(params, ", ") + ")" + e.results(sig.Results())
}
