// Package interpreted lets measurements tell functions that are interpreted from compiled ones, and what the interpreter itself
// takes for a call.
//
// It knows no interpreter: the program that has one says so at its start.
package interpreted

import (
	"reflect"
	"runtime"
	"sync/atomic"
)

var empty atomic.Pointer[func() error]

// SetEmpty gives an interpreted function that does nothing.
func SetEmpty(f func() error) { empty.Store(&f) }

// Empty returns an interpreted function that does nothing, nil where there is no interpreter.
func Empty() func() error {
	if f := empty.Load(); f != nil {
		return *f
	}
	return nil
}

// Function reports whether a function was made by reflection, as those of an interpreter are.
func Function(f any) bool {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		return false
	}
	code := runtime.FuncForPC(v.Pointer())
	return code != nil && code.Name() == "reflect.makeFuncStub"
}
