package dyn

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// A printer writes a value as package fmt would if the types of cells were
// compiled: with their names, field names and String and Error methods.
type printer struct {
	s    fmt.State
	verb rune
}

func format(s fmt.State, verb rune, v any, t *Type) {
	p := &printer{s, verb}
	p.value(reflect.ValueOf(v), t, 0, false)
}

func (p *printer) text(s string) { _, _ = io.WriteString(p.s, s) }

// directive is the directive being followed, with another verb.
func (p *printer) directive(verb rune) string { return fmt.FormatString(p.s, verb) }

func (p *printer) sharp() bool { return p.verb == 'v' && p.s.Flag('#') }

// value writes v. Its type is t, or nothing of cells. Below depth 0 pointers are
// addresses; what an unexported field holds (hidden) does not use its methods.
func (p *printer) value(v reflect.Value, t *Type, depth int, hidden bool) {
	if !v.IsValid() {
		p.text("<nil>")
		return
	}
	if v.Kind() == reflect.Interface {
		p.inner(v, depth, hidden)
		return
	}
	if t == nil {
		t = ofReflect(v.Type())
	}
	if t != nil && !hidden && p.methods(v, t) {
		return
	}
	if t == nil && !mayHold(v.Type()) {
		p.native(v, depth)
		return
	}
	p.composite(v, t, depth, hidden)
}

// inner writes what an interface holds.
func (p *printer) inner(v reflect.Value, depth int, hidden bool) {
	if v.IsNil() {
		if p.sharp() {
			p.text("interface {}(nil)")
		} else {
			p.text("<nil>")
		}
		return
	}
	t, x := dynamic(v.Interface())
	p.value(reflect.ValueOf(x), t, depth, hidden)
}

// native has package fmt write a compiled value.
func (p *printer) native(v reflect.Value, depth int) {
	if v.Kind() == reflect.Pointer && depth > 0 && !hasMethods(v.Type()) {
		p.pointer(v, nil)
		return
	}
	fmt.Fprintf(p.s, p.directive(p.verb), v.Interface())
}

func hasMethods(rt reflect.Type) bool { return rt.NumMethod() > 0 }

func (p *printer) pointer(v reflect.Value, t *Type) {
	switch {
	case p.sharp():
		name := reflectName(v.Type())
		if t != nil {
			name = t.name
		}
		if v.IsNil() {
			p.text("(" + name + ")(nil)")
		} else {
			p.text(fmt.Sprintf("(%s)(%#x)", name, v.Pointer()))
		}
	case v.IsNil():
		p.text("<nil>")
	case p.verb == 'v':
		p.text(fmt.Sprintf("%#x", v.Pointer()))
	default:
		fmt.Fprintf(p.s, p.directive(p.verb), v.Pointer())
	}
}

// composite writes the parts of a value.
func (p *printer) composite(v reflect.Value, t *Type, depth int, hidden bool) {
	switch v.Kind() {
	case reflect.Struct:
		p.structure(v, t, depth, hidden)
	case reflect.Map:
		p.mapping(v, t, depth, hidden)
	case reflect.Slice, reflect.Array:
		p.list(v, t, depth, hidden)
	case reflect.Pointer:
		_, elem, _ := t.parts()
		if e := v.Elem(); depth == 0 && !v.IsNil() {
			switch e.Kind() {
			case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
				p.text("&")
				p.value(e, elem, depth+1, hidden)
				return
			}
		}
		p.pointer(v, t)
	default:
		p.native(v, depth)
	}
}

// name writes the type's name before the parts, which %#v does.
func (p *printer) name(v reflect.Value, t *Type) bool {
	if !p.sharp() {
		return false
	}
	if t != nil {
		p.text(t.name)
	} else {
		p.text(reflectName(v.Type()))
	}
	return true
}

func (p *printer) structure(v reflect.Value, t *Type, depth int, hidden bool) {
	sharp := p.name(v, t)
	p.text("{")
	_, _, fields := t.parts()
	for i := range v.NumField() {
		if i > 0 {
			p.text(map[bool]string{true: ", ", false: " "}[sharp])
		}
		name, unexported := fieldName(v.Type().Field(i))
		if sharp || p.s.Flag('+') {
			p.text(name + ":")
		}
		p.value(v.Field(i), at(fields, i), depth+1, hidden || unexported)
	}
	p.text("}")
}

// fieldName is the name that the cell gave a field.
func fieldName(f reflect.StructField) (name string, unexported bool) {
	if n := f.Tag.Get(FieldKey); n != "" {
		return n, true
	}
	return f.Name, false
}

func at(types []*Type, i int) *Type {
	if i < len(types) {
		return types[i]
	}
	return nil
}

func (p *printer) mapping(v reflect.Value, t *Type, depth int, hidden bool) {
	key, elem, _ := t.parts()
	sharp, open, end, sep := p.name(v, t), "map[", "]", " "
	if sharp {
		if v.IsNil() {
			p.text("(nil)")
			return
		}
		open, end, sep = "{", "}", ", "
	}
	p.text(open)
	for i, k := range sortedKeys(v) {
		if i > 0 {
			p.text(sep)
		}
		p.value(k, key, depth+1, hidden)
		p.text(":")
		p.value(v.MapIndex(k), elem, depth+1, hidden)
	}
	p.text(end)
}

func (p *printer) list(v reflect.Value, t *Type, depth int, hidden bool) {
	_, elem, _ := t.parts()
	sharp, open, end, sep := p.name(v, t), "[", "]", " "
	if sharp {
		if v.Kind() == reflect.Slice && v.IsNil() {
			p.text("(nil)")
			return
		}
		open, end, sep = "{", "}", ", "
	}
	if strings.ContainsRune("sqxX", p.verb) && v.Type().Elem().Kind() == reflect.Uint8 {
		p.native(v, depth)
		return
	}
	p.text(open)
	for i := range v.Len() {
		if i > 0 {
			p.text(sep)
		}
		p.value(v.Index(i), elem, depth+1, hidden)
	}
	p.text(end)
}
