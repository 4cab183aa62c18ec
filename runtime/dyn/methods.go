package dyn

import (
	"fmt"
	"reflect"
	"strings"
)

// methods writes v by its own method, if the verb asks for one: Format, then
// GoString for %#v, then Error and String.
func (p *printer) methods(v reflect.Value, t *Type) bool {
	self := box{t, v.Interface()}.self()
	if f, ok := t.method("Format").(func(any, fmt.State, rune)); ok {
		p.guarded(v, "Format", func() { f(self, p.s, p.verb) })
		return true
	}
	if p.sharp() {
		if f, ok := t.method("GoString").(func(any) string); ok {
			p.guarded(v, "GoString", func() { p.text(f(self)) })
			return true
		}
		return false
	}
	if !strings.ContainsRune("vsxXq", p.verb) {
		return false
	}
	for _, name := range []string{"Error", "String"} {
		if f, ok := t.method(name).(func(any) string); ok {
			p.guarded(v, name, func() { fmt.Fprintf(p.s, p.directive(p.verb), f(self)) })
			return true
		}
	}
	return false
}

// guarded calls a method as package fmt does: a panic is written, and that of a
// nil receiver is <nil>.
func (p *printer) guarded(v reflect.Value, name string, call func()) {
	defer func() {
		r := recover()
		switch {
		case r == nil:
		case v.Kind() == reflect.Pointer && v.IsNil():
			p.text("<nil>")
		default:
			p.text(fmt.Sprintf("%%!%c(PANIC=%s method: %v)", p.verb, name, r))
		}
	}()
	call()
}
