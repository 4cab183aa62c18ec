package interpreted

import (
	"reflect"
	"testing"
)

func TestFunction(t *testing.T) {
	made := reflect.MakeFunc(reflect.TypeFor[func() error](), func([]reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.Zero(reflect.TypeFor[error]())}
	}).Interface().(func() error)
	for _, c := range []struct {
		f    any
		want bool
	}{{made, true}, {func() error { return nil }, false}, {(func() error)(nil), false}, {7, false}, {nil, false}} {
		if got := Function(c.f); got != c.want {
			t.Errorf("Function(%T) = %v", c.f, got)
		}
	}
	if Empty() != nil {
		t.Error("there is no interpreter here")
	}
	SetEmpty(made)
	defer empty.Store(nil)
	if f := Empty(); f == nil || !Function(f) || f() != nil {
		t.Error("Empty is not what SetEmpty gave")
	}
}
