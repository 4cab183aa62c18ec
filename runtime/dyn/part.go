package dyn

import (
	"reflect"
	"slices"
)

// A Part is a value with its type, if that is one of cells: a whole value, or
// what is found inside one. It serves those who show values part by part.
type Part struct {
	v reflect.Value
	t *Type
}

// PartOf looks at an interface value, such as Show and Box make.
func PartOf(x any) Part {
	t, v := dynamic(x)
	if _, ok := x.(boxed); t == nil && !ok {
		v = x // dynamic looks into what the interpreter wraps a value in, too
	}
	return Part{reflect.ValueOf(v), t}.inside()
}

// PartIn looks at a variable of the interpreter.
func PartIn(v reflect.Value) Part { return Part{v: v}.inside() }

// inside looks into an interface, unless that is nil, and finds the type.
func (p Part) inside() Part {
	for p.v.IsValid() && p.v.Kind() == reflect.Interface && !p.v.IsNil() {
		e := p.v.Elem()
		if !e.CanInterface() {
			return Part{v: e}
		}
		t, v := dynamic(e.Interface())
		p = Part{reflect.ValueOf(v), t}
	}
	if p.t == nil && p.v.IsValid() {
		p.t = ofReflect(p.v.Type())
	}
	return p
}

// Kind is that of the value; reflect.Invalid or reflect.Interface for nil.
func (p Part) Kind() reflect.Kind { return p.v.Kind() }

// Nil tells values that are nil, of whatever type.
func (p Part) Nil() bool {
	switch p.v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface, reflect.Func, reflect.Chan, reflect.Map, reflect.Slice, reflect.UnsafePointer:
		return p.v.IsNil()
	}
	return false
}

// TypeName is the type as %T prints it.
func (p Part) TypeName() string {
	switch {
	case p.t != nil:
		return p.t.name
	case !p.v.IsValid():
		return "nil"
	}
	return reflectName(p.v.Type())
}

// Len is the length of a slice, array, map or string.
func (p Part) Len() int { return p.v.Len() }

// Index is an element of a slice or array.
func (p Part) Index(i int) Part {
	_, elem, _ := p.t.parts()
	return Part{p.v.Index(i), elem}.inside()
}

// Elem is what a pointer that is not nil points to.
func (p Part) Elem() Part {
	_, elem, _ := p.t.parts()
	return Part{p.v.Elem(), elem}.inside()
}

// Fields names the fields of a struct as they were declared.
func (p Part) Fields() []string {
	names := make([]string, p.v.NumField())
	for i := range names {
		names[i], _ = fieldName(p.v.Type().Field(i))
	}
	return names
}

// Field is a field of a struct.
func (p Part) Field(i int) Part {
	_, _, fields := p.t.parts()
	return Part{p.v.Field(i), at(fields, i)}.inside()
}

// An Entry is a key of a map with what the map has there.
type Entry struct{ Key, Value Part }

// Entries gives the entries of a map in the order in which package fmt prints
// them. Of a map with more than most entries it gives some, whichever, up to sample.
func (p Part) Entries(most, sample int) []Entry {
	key, elem, _ := p.t.parts()
	if n := p.v.Len(); n <= most {
		sample = n
	}
	list := make([]Entry, 0, sample)
	for i := p.v.MapRange(); len(list) < sample && i.Next(); {
		list = append(list, Entry{Part{i.Key(), key}, Part{i.Value(), elem}.inside()})
	}
	if p.v.CanInterface() { // compare looks into interfaces
		slices.SortStableFunc(list, func(a, b Entry) int { return compare(a.Key.v, b.Key.v) })
	}
	return list
}

// MapIndex is what a map has under the key of an entry of one like it; its Kind is
// reflect.Invalid if there is nothing.
func (p Part) MapIndex(key Part) Part {
	_, elem, _ := p.t.parts()
	return Part{p.v.MapIndex(key.v), elem}.inside()
}

// A Shape is how the elements of a slice, array or map can be laid out.
type Shape int

// The shapes of elements.
const (
	Other   Shape = iota
	Records       // structs, or pointers to such
	Texts         // structs, or pointers to such, that say themselves how they print
	Maps          // maps with strings as keys
	Lists         // slices or arrays of numbers, strings or booleans
)

// Shape tells of which shape the elements of a slice, array or map are, by their type.
func (p Part) Shape(methods bool) Shape {
	_, t, _ := p.t.parts()
	rt := p.v.Type().Elem()
	if t == nil {
		t = ofReflect(rt)
	}
	own := printsItself(t, rt, methods)
	if rt.Kind() == reflect.Pointer && !own {
		_, t, _ = t.parts()
		if rt = rt.Elem(); rt.Kind() != reflect.Struct {
			return Other
		}
		own = printsItself(t, rt, methods)
	}
	base := rt
	if base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	switch {
	case base.Kind() == reflect.Struct && own:
		return Texts
	case own:
		return Other
	case rt.Kind() == reflect.Struct && rt.NumField() > 0:
		return Records
	case rt.Kind() == reflect.Map && rt.Key().Kind() == reflect.String:
		return Maps
	case (rt.Kind() == reflect.Slice || rt.Kind() == reflect.Array) && scalar(rt.Elem().Kind()):
		return Lists
	}
	return Other
}

func scalar(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String
}

// Number tells numbers that print as such.
func (p Part) Number(methods bool) bool {
	if !p.v.IsValid() || p.PrintsItself(methods) {
		return false
	}
	return p.v.CanInt() || p.v.CanUint() || p.v.CanFloat()
}

// Zero tells the zero value of a type, and nil.
func (p Part) Zero() bool { return !p.v.IsValid() || p.v.IsZero() }

// String is the text of a string, whatever methods it has.
func (p Part) String() string { return p.v.String() }
