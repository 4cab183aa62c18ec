package dyn

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"ipclab/ipclab/mime"
)

// A shown is a value for compiled code that prints it.
type shown struct {
	t *Type
	v any
}

// Format implements fmt.Formatter.
func (s shown) Format(st fmt.State, verb rune) { format(st, verb, s.v, s.t) }

func (s shown) unbox() (*Type, any) { return s.t, s.v }

// Unboxed returns the value alone, to compiled code that looks at its parts.
func (s shown) Unboxed() any { return s.v }

// String is what a panic with the value prints.
func (s shown) String() string { return fmt.Sprint(s) }

// A displayable is shown by its own MIMEBundle method.
type displayable struct{ shown }

// MIMEBundle implements mime.Displayable.
func (d displayable) MIMEBundle() mime.Bundle {
	return d.t.method("MIMEBundle").(func(any) mime.Bundle)(box{d.t, d.v}.self())
}

// Show prepares an interface value for compiled code that prints or displays it:
// where there is something of cells in it, the result is a fmt.Formatter, and a
// mime.Displayable if the value has the method.
func Show(x any) any {
	switch x := x.(type) {
	case reflect.Type:
		return reflectName(x)
	case nil, boxed:
		b, ok := x.(box)
		if !ok {
			return x
		}
		if displays(b.t) {
			return displayable{shown(b)}
		}
		if err, ok := ToError(x); ok {
			return err
		}
		return x
	}
	t, v := dynamic(x)
	if rv := reflect.ValueOf(v); t == nil || rv.Kind() != reflect.Pointer || !rv.IsNil() {
		if err, ok := ToError(x); ok {
			return err
		}
	}
	switch {
	case displays(t):
		return displayable{shown{t, v}}
	case t != nil:
		return shown{t, v}
	case mayHold(reflect.TypeOf(x)):
		return shown{nil, x}
	}
	return x
}

func displays(t *Type) bool {
	_, ok := t.method("MIMEBundle").(func(any) mime.Bundle)
	return ok
}

// Value takes a value out of what Show and Box made of it, for whoever looks at
// its parts; t is nil for compiled types.
func Value(x any) (v any, t *Type) {
	t, v = dynamic(x)
	return v, t
}

// holds caches mayHold.
var holds sync.Map

// mayHold tells whether values of a compiled type can have parts of cells'
// types, or fields whose names the interpreter changed: types without a name
// that are made of interfaces or tagged structs.
func mayHold(rt reflect.Type) bool {
	if h, ok := holds.Load(rt); ok {
		return h.(bool)
	}
	h := mayHoldIn(rt, map[reflect.Type]bool{})
	holds.Store(rt, h)
	return h
}

func mayHoldIn(rt reflect.Type, seen map[reflect.Type]bool) bool {
	if rt.PkgPath() != "" || seen[rt] {
		return false
	}
	seen[rt] = true
	switch rt.Kind() {
	case reflect.Interface:
		return rt.NumMethod() == 0
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return mayHoldIn(rt.Elem(), seen)
	case reflect.Map:
		return mayHoldIn(rt.Key(), seen) || mayHoldIn(rt.Elem(), seen)
	case reflect.Struct:
		for i := range rt.NumField() {
			f := rt.Field(i)
			if f.Tag.Get(FieldKey) != "" || f.Tag.Get(Key) != "" || mayHoldIn(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

// reflectName is the name of a type as cells see it: without the tags and the
// names of fields by which the interpreter represents structs.
func reflectName(rt reflect.Type) string {
	if t := ofReflect(rt); t != nil {
		return t.name
	}
	if rt.PkgPath() != "" {
		return rt.String()
	}
	switch rt.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return prefix(rt) + reflectName(rt.Elem())
	case reflect.Map:
		return "map[" + reflectName(rt.Key()) + "]" + reflectName(rt.Elem())
	case reflect.Struct:
		return structName(rt)
	case reflect.Func:
		return funcName(rt)
	}
	return rt.String()
}

func funcName(rt reflect.Type) string {
	params, results := make([]string, rt.NumIn()), make([]string, rt.NumOut())
	for i := range params {
		params[i] = reflectName(rt.In(i))
	}
	if n := len(params) - 1; rt.IsVariadic() {
		params[n] = "..." + strings.TrimPrefix(params[n], "[]")
	}
	for i := range results {
		results[i] = reflectName(rt.Out(i))
	}
	s := "func(" + strings.Join(params, ", ") + ")"
	switch list := strings.Join(results, ", "); len(results) {
	case 0:
		return s
	case 1:
		return s + " " + list
	default:
		return s + " (" + list + ")"
	}
}

func structName(rt reflect.Type) string {
	if rt.NumField() == 0 {
		return "struct {}"
	}
	parts := make([]string, rt.NumField())
	for i := range parts {
		f := rt.Field(i)
		name, _ := fieldName(f)
		parts[i] = name + " " + reflectName(f.Type)
		if f.Tag.Get(EmbedKey) != "" {
			parts[i] = reflectName(f.Type)
		}
	}
	return "struct { " + strings.Join(parts, "; ") + " }"
}

// MarshalJSON encodes the value as encoding/json would if the types of cells were
// compiled, for what prints in JSON.
func (s shown) MarshalJSON() ([]byte, error) { return nested(s.t, s.v) }
