package dyn

import (
	"reflect"
	"strings"
)

// recovered returns what recover gives in Go for what the interpreter panics
// with: the value of panic itself, and run-time errors in Go's words where the
// interpreter has those of package reflect.
func recovered(r any) any {
	switch v := r.(type) {
	case reflect.Value:
		if !v.IsValid() || !v.CanInterface() {
			return nil
		}
		return v.Interface()
	case *reflect.ValueError:
		if v.Kind == reflect.Invalid {
			return &AssertionError{"runtime error: invalid memory address or nil pointer dereference"}
		}
	case string:
		if strings.HasPrefix(v, "reflect: ") && strings.HasSuffix(v, "index out of range") {
			return &AssertionError{"runtime error: index out of range"}
		}
	}
	return r
}
