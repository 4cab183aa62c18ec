package eval

import (
	"reflect"
	"unsafe"
)

// Compiled functions are called through reflection, which allocates a list of
// arguments and one of results, and looks at the types of all. Where the
// function is known when the step is made, and its type is one of those that
// programs call in loops, it is called as what it is.

// A nativeCall calls a compiled function with the values of its arguments and
// sets the place of its result.
type nativeCall func(frame unsafe.Pointer, result reflect.Value)

// fastNative makes the step of a call of a compiled function, after the
// interpreter has made its own. It returns nil where that has to stay.
func fastNative(n unsafe.Pointer) step {
	children := *at[[]unsafe.Pointer](n, nodes.child)
	parent := *at[unsafe.Pointer](n, nodes.anc)
	switch frames.kinds[*at[uint](parent, nodes.kind)] {
	case "goStmt", "deferStmt", "returnStmt", "defineXStmt", "assignXStmt":
		return nil
	}
	f := *at[reflect.Value](children[0], nodes.rval)
	if !f.IsValid() || f.Kind() != reflect.Func || f.Type().NumIn() != len(children)-1 {
		return nil
	}
	arguments := make([]placeOf, len(children)-1)
	for i, x := range children[1:] {
		arguments[i] = genValue(x)
	}
	call := nativeOf(f.Interface(), arguments)
	if call == nil {
		return nil
	}
	kind, place := f.Type().Out(0).Kind(), inFrame(*at[int](n, frames.level), *at[int](n, frames.findex))
	yes, no := getExec(*at[unsafe.Pointer](n, nodes.tnext)), getExec(*at[unsafe.Pointer](n, nodes.fnext))
	if no != nil && kind != reflect.Bool {
		return nil
	}
	slow := *at[step](n, nodes.exec)
	return func(frame unsafe.Pointer) step {
		result := place(frame)
		if result.Kind() != kind {
			return slow(frame)
		}
		call(frame, result)
		if no != nil && !result.Bool() {
			return no
		}
		return yes
	}
}

// nativeOf is the call of a function, or nil if its type is not one of these.
func nativeOf(f any, arguments []placeOf) nativeCall {
	switch f := f.(type) {
	case func(float64) float64:
		return native1(f, arguments, asFloat, setFloat)
	case func(float64, float64) float64:
		return native2(f, arguments, asFloat, asFloat, setFloat)
	case func(string) string:
		return native1(f, arguments, reflect.Value.String, reflect.Value.SetString)
	case func(string) bool:
		return native1(f, arguments, reflect.Value.String, reflect.Value.SetBool)
	case func(string) int:
		return native1(f, arguments, reflect.Value.String, setInt)
	case func(string, string) bool:
		return native2(f, arguments, reflect.Value.String, reflect.Value.String, reflect.Value.SetBool)
	case func(string, string) string:
		return native2(f, arguments, reflect.Value.String, reflect.Value.String, reflect.Value.SetString)
	case func(string, string) int:
		return native2(f, arguments, reflect.Value.String, reflect.Value.String, setInt)
	case func(string, int) string:
		return native2(f, arguments, reflect.Value.String, asInt, reflect.Value.SetString)
	case func(int) string:
		return native1(f, arguments, asInt, reflect.Value.SetString)
	case func(int) int:
		return native1(f, arguments, asInt, setInt)
	case func(uint64) int:
		return native1(f, arguments, reflect.Value.Uint, setInt)
	case func(rune) bool:
		return native1(f, arguments, asRune, reflect.Value.SetBool)
	case func(rune) rune:
		return native1(f, arguments, asRune, setRune)
	}
	return nil
}

func asFloat(v reflect.Value) float64     { return v.Float() }
func setFloat(v reflect.Value, x float64) { v.SetFloat(x) }
func asInt(v reflect.Value) int           { return int(v.Int()) }
func setInt(v reflect.Value, x int)       { v.SetInt(int64(x)) }
func asRune(v reflect.Value) rune         { return rune(v.Int()) }
func setRune(v reflect.Value, x rune)     { v.SetInt(int64(x)) }

func native1[A, R any](f func(A) R, arguments []placeOf, a func(reflect.Value) A, set func(reflect.Value, R)) nativeCall {
	x := arguments[0]
	return func(frame unsafe.Pointer, result reflect.Value) { set(result, f(a(x(frame)))) }
}

func native2[A, B, R any](f func(A, B) R, arguments []placeOf, a func(reflect.Value) A, b func(reflect.Value) B, set func(reflect.Value, R)) nativeCall {
	x, y := arguments[0], arguments[1]
	return func(frame unsafe.Pointer, result reflect.Value) { set(result, f(a(x(frame)), b(y(frame)))) }
}
