package dyn

import (
	"fmt"
	"reflect"
)

var anyType = reflect.TypeFor[any]()

// An Interface describes an interface type of cells by its methods.
type Interface struct {
	name    string
	methods map[string]reflect.Type // func(value, parameters...) results
}

// NewInterface describes an interface. The methods are nil functions of the type
// by which they are called: with the interface value before the parameters.
func NewInterface(name string, methods map[string]any) *Interface {
	i := &Interface{name, map[string]reflect.Type{}}
	for m, f := range methods {
		i.methods[m] = reflect.TypeOf(f)
	}
	return i
}

// Implements tells whether x has the methods of an interface.
func Implements(x any, i *Interface) bool { return missing(x, i) == "" && x != nil }

// missing names a method that x lacks, or nothing.
func missing(x any, i *Interface) string {
	for name, want := range i.methods {
		f := lookup(x, name)
		if f == nil || reflect.TypeOf(f) != want {
			return name
		}
	}
	return ""
}

// MustImplement returns x, or panics as a type assertion does.
func MustImplement(x any, i *Interface) any {
	switch m := missing(x, i); {
	case x == nil:
		panic(&AssertionError{fmt.Sprintf("interface conversion: interface is nil, not %s", i.name)})
	case m != "":
		panic(&AssertionError{fmt.Sprintf("interface conversion: %s is not %s: missing method %s", TypeName(x), i.name, m)})
	}
	return x
}

// NilInterface panics as a method of a nil interface value does.
func NilInterface() {
	var none error
	_ = none.Error()
}

// IsCell tells values of types of cells from compiled ones.
func IsCell(x any) bool {
	t, _ := dynamic(x)
	return t != nil
}

// Method returns a method of x as a function of the interface value and the
// parameters. The type checker has made sure that there is one, unless x is nil.
func Method(x any, name string) any {
	if f := lookup(x, name); f != nil {
		return f
	}
	if x == nil {
		var nothing *int
		*nothing = 0 // the panic of a method call on a nil interface
	}
	panic(&AssertionError{fmt.Sprintf("%s has no method %s", TypeName(x), name)})
}

func lookup(x any, name string) any {
	if x == nil {
		return nil
	}
	if t, _ := dynamic(x); t != nil {
		return t.method(name)
	}
	m := reflect.ValueOf(x).MethodByName(name)
	if !m.IsValid() {
		return nil
	}
	return withReceiver(m)
}

// withReceiver makes a bound method a function that ignores a first argument.
func withReceiver(m reflect.Value) any {
	mt := m.Type()
	in := []reflect.Type{anyType}
	for i := range mt.NumIn() {
		in = append(in, mt.In(i))
	}
	out := make([]reflect.Type, mt.NumOut())
	for i := range out {
		out[i] = mt.Out(i)
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, mt.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		if mt.IsVariadic() {
			return m.CallSlice(args[1:])
		}
		return m.Call(args[1:])
	}).Interface()
}
