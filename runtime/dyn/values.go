package dyn

import (
	"fmt"
	"reflect"
)

// A box is an interface value of a type that reflect cannot tell from another.
type box struct {
	t *Type
	v any
}

// boxed is any box: a plain one, or one that is an error.
type boxed interface{ unbox() (*Type, any) }

func (b box) unbox() (*Type, any) { return b.t, b.v }

// Unboxed returns the value alone, to compiled code that is to set what it points to.
func (b box) Unboxed() any { return b.v }

// Format implements fmt.Formatter.
func (b box) Format(s fmt.State, verb rune) { format(s, verb, b.v, b.t) }

// MarshalJSON implements json.Marshaler, for compiled code that comes upon a box.
func (b box) MarshalJSON() ([]byte, error) { return nested(b.t, b.v) }

// Box makes an interface value of v, whose type is t.
func Box(t *Type, v any) any { return box{t, v} }

// dynamic returns the type, if it is one of cells, and the value of an
// interface value.
func dynamic(x any) (*Type, any) {
	switch b := x.(type) {
	case nil:
		return nil, nil
	case boxed:
		return b.unbox()
	}
	rv := reflect.ValueOf(x)
	if inner, ok := wrapped(rv); ok {
		return dynamic(inner)
	}
	return ofReflect(rv.Type()), x
}

// wrapped looks into the struct by which a value of a cell is a compiled
// interface, such as io.Writer: its first field has the value.
func wrapped(rv reflect.Value) (any, bool) {
	if rv.Kind() != reflect.Struct || rv.NumField() == 0 || rv.Type().Field(0).Name != "IValue" {
		return nil, false
	}
	if f := rv.Field(0); f.Kind() == reflect.Interface && f.CanInterface() {
		return f.Interface(), true
	}
	return nil, false
}

// Raw returns an interface value as the interpreter can assert its type: out of
// the error or other compiled interface that holds it. Boxes stay.
func Raw(x any) any {
	switch b := x.(type) {
	case nil, box:
		return x
	case boxed:
		t, v := b.unbox()
		if t != nil && t.boxed {
			return box{t, v}
		}
		return v
	}
	if inner, ok := wrapped(reflect.ValueOf(x)); ok {
		return inner
	}
	return x
}

// mismatch is a value that no type assertion of a cell accepts: the interpreter
// asks reflect whether it could be assigned.
type mismatch struct{ _ [0]func(mismatch) }

// Unbox returns the value of x if its type is t, and otherwise something that
// has no type of a cell.
func Unbox(x any, t *Type) any {
	if xt, v := dynamic(x); xt == t && t != nil {
		return v
	}
	return mismatch{}
}

// Must returns the value of x, whose type is t, or panics as a type assertion
// does.
func Must(x any, t *Type) any {
	xt, v := dynamic(x)
	if xt != t || t == nil {
		panic(&AssertionError{fmt.Sprintf("interface conversion: interface {} is %s, not %s", TypeName(x), t.name)})
	}
	return v
}

// An AssertionError is the panic of a type assertion that fails.
type AssertionError struct{ text string }

func (e *AssertionError) Error() string { return e.text }

// RuntimeError makes it a runtime.Error.
func (e *AssertionError) RuntimeError() {}

// TypeName is what %T prints of an interface value.
func TypeName(x any) string {
	if x == nil {
		return "nil"
	}
	if t, _ := dynamic(x); t != nil {
		return t.name
	}
	return reflectName(reflect.TypeOf(x))
}

// ClearMap is the predeclared function clear for maps: it also removes keys that
// are not equal to themselves.
func ClearMap(m any) { reflect.ValueOf(m).Clear() }
