package dyn

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// PanicText words the value of a panic as the Go runtime does, except that it
// says what a composite value holds instead of where it is.
func PanicText(x any) string {
	if err, ok := ToError(x); ok {
		return indented(err.Error())
	}
	t, v := dynamic(x)
	if f, ok := t.method("String").(func(any) string); ok {
		if !t.boxed {
			return indented(f(v))
		}
		return indented(f(box{t, v}))
	}
	if s, ok := v.(fmt.Stringer); ok {
		return indented(s.String())
	}
	text, ok := basicText(reflect.ValueOf(v))
	switch name := TypeName(x); {
	case !ok:
		return indented(fmt.Sprintf("(%s) %+v", name, x))
	case name == reflect.ValueOf(v).Kind().String():
		return indented(text)
	case reflect.ValueOf(v).Kind() == reflect.String:
		return name + `("` + indented(text) + `")`
	default:
		return name + "(" + text + ")"
	}
}

// PanicValue is what recover returns for a panic with x: an error if it is nil.
func PanicValue(x any) any {
	if x == nil {
		return new(runtime.PanicNilError)
	}
	return x
}

// ShiftCount is the right operand of a shift. It panics as Go does if it is negative.
func ShiftCount(n int64) uint64 {
	if n < 0 {
		panic(&AssertionError{"runtime error: negative shift amount"})
	}
	return uint64(n)
}

// indented puts a tab after each newline.
func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n\t") }

// basicText is what the predeclared function print writes; ok is false for values
// that are not of a basic type.
func basicText(v reflect.Value) (text string, ok bool) {
	switch {
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), true
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), true
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()), true
	case v.CanComplex():
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()), true
	case v.Kind() == reflect.String:
		return v.String(), true
	}
	return "", false
}
