package dyn

import (
	"fmt"
	"io/fs"
	"net/netip"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits bound the text of a value, and with it the work of making it.
type Limits struct {
	Bytes    int         // of the text, but for the mark that ends one that is cut
	Elements int         // shown of each slice, array and map
	Sorted   int         // entries of a map whose keys are sorted; of a larger one, any entries are shown
	Methods  bool        // call the methods Format, Error and String
	Stop     func() bool // asked now and then whether to leave off; may be nil
}

// maxDepth bounds how deep values are shown within values: one can hold itself.
const maxDepth = 20

// Text is the value as %+v prints it, within limits.
func (p Part) Text(l Limits) string {
	w := &brief{limits: l}
	w.part(p, 0, false)
	return w.b.String()
}

// A brief writes a value as package fmt would, up to a limit. What package fmt
// writes is as long as it is, and never ends for a slice that holds itself.
type brief struct {
	limits Limits
	b      strings.Builder
	full   bool
}

func (w *brief) text(s string) {
	if w.full {
		return
	}
	if room := w.limits.Bytes - w.b.Len(); len(s) > room {
		for room > 0 && !utf8.RuneStart(s[room]) {
			room--
		}
		s, w.full = s[:room]+"…", true
	}
	w.b.WriteString(s)
}

// done tells whether there is no use in going on.
func (w *brief) done() bool {
	if !w.full && w.limits.Stop != nil && w.limits.Stop() {
		w.full = true
	}
	return w.full
}

// part writes p. What an unexported field holds (hidden) does not use its methods.
func (w *brief) part(p Part, depth int, hidden bool) {
	p = p.inside()
	switch {
	case w.done():
	case p.Kind() == reflect.Invalid || p.Kind() == reflect.Interface:
		w.text("<nil>")
	case depth > maxDepth:
		w.text("…")
	case !hidden && p.PrintsItself(w.limits.Methods):
		w.text(p.own())
	default:
		w.kind(p, depth, hidden)
	}
}

// own is what the methods of p's type make of it.
func (p Part) own() string {
	if p.t != nil {
		return fmt.Sprintf("%+v", box{p.t, p.v.Interface()})
	}
	return fmt.Sprintf("%+v", p.v.Interface())
}

// PrintsItself tells values whose type has a method by which they print. Without
// methods, only those of the standard library that do next to nothing count.
func (p Part) PrintsItself(methods bool) bool {
	return p.v.IsValid() && (p.t != nil || p.v.CanInterface()) && printsItself(p.t, p.v.Type(), methods)
}

var printing = []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer]()}

func printsItself(t *Type, rt reflect.Type, methods bool) bool {
	if t != nil {
		for _, name := range []string{"Format", "Error", "String"} {
			if methods && t.method(name) != nil {
				return true
			}
		}
		return false
	}
	if !methods && !harmless(rt) {
		return false
	}
	for _, i := range printing {
		if rt.Implements(i) {
			return true
		}
	}
	return false
}

// harmless tells types of the standard library whose methods run no code of a
// cell and end at once.
func harmless(rt reflect.Type) bool {
	switch rt {
	case reflect.TypeFor[time.Duration](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Month](),
		reflect.TypeFor[time.Weekday](), reflect.TypeFor[fs.FileMode](), reflect.TypeFor[netip.Addr]():
		return true
	}
	return rt.PkgPath() == "syscall" && scalar(rt.Kind()) // Errno, Signal
}

func (w *brief) kind(p Part, depth int, hidden bool) {
	switch p.Kind() {
	case reflect.Struct:
		w.structure(p, depth, hidden)
	case reflect.Map:
		w.mapping(p, depth, hidden)
	case reflect.Slice, reflect.Array:
		w.list(p, depth, hidden)
	case reflect.Pointer:
		w.pointer(p, depth, hidden)
	case reflect.String:
		w.text(p.v.String())
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		w.address(p)
	default:
		w.text(plainNumber(p.v))
	}
}

// plainNumber is a number or a boolean, without the methods of its type.
func plainNumber(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Bool:
		return fmt.Sprint(v.Bool())
	case v.CanInt():
		return fmt.Sprint(v.Int())
	case v.CanUint():
		return fmt.Sprint(v.Uint())
	case v.Kind() == reflect.Float32:
		return fmt.Sprint(float32(v.Float()))
	case v.CanFloat():
		return fmt.Sprint(v.Float())
	case v.Kind() == reflect.Complex64:
		return fmt.Sprint(complex64(v.Complex()))
	}
	return fmt.Sprint(v.Complex())
}

func (w *brief) pointer(p Part, depth int, hidden bool) {
	if depth == 0 && !p.v.IsNil() {
		switch p.v.Elem().Kind() {
		case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
			w.text("&")
			w.part(p.Elem(), depth+1, hidden)
			return
		}
	}
	w.address(p)
}

func (w *brief) address(p Part) {
	if p.v.IsNil() {
		w.text("<nil>")
		return
	}
	w.text(fmt.Sprintf("%#x", p.v.Pointer()))
}

func (w *brief) structure(p Part, depth int, hidden bool) {
	_, _, fields := p.t.parts()
	w.text("{")
	for i := 0; i < p.v.NumField() && !w.done(); i++ {
		if i > 0 {
			w.text(" ")
		}
		name, unexported := fieldName(p.v.Type().Field(i))
		w.text(name + ":")
		w.part(Part{p.v.Field(i), at(fields, i)}, depth+1, hidden || unexported)
	}
	w.text("}")
}

func (w *brief) list(p Part, depth int, hidden bool) {
	head, tail := HeadAndTail(p.Len(), w.limits.Elements)
	missing := p.Len() - head - tail
	w.text("[")
	for i := 0; i < p.Len() && !w.done(); i++ {
		if i > 0 {
			w.text(" ")
		}
		if i == head && missing > 0 {
			w.text(fmt.Sprintf("… %d more …", missing))
			i += missing - 1
			continue
		}
		w.part(p.Index(i), depth+1, hidden)
	}
	w.text("]")
}

// HeadAndTail tells how many of n things are shown at the beginning and at the end
// where no more than most can be: four fifths and one.
func HeadAndTail(n, most int) (head, tail int) {
	if n <= most {
		return n, 0
	}
	return most - most/5, most / 5
}

func (w *brief) mapping(p Part, depth int, hidden bool) {
	w.text("map[")
	entries := p.Entries(w.limits.Sorted, w.limits.Elements)
	for i := 0; i < min(len(entries), w.limits.Elements) && !w.done(); i++ {
		if i > 0 {
			w.text(" ")
		}
		w.part(entries[i].Key, depth+1, hidden)
		w.text(":")
		w.part(entries[i].Value, depth+1, hidden)
	}
	if missing := p.Len() - w.limits.Elements; missing > 0 {
		w.text(fmt.Sprintf(" … %d more", missing))
	}
	w.text("]")
}
