package dyn

import (
	"reflect"
	"unsafe"
)

// Package unsafe for cells. What it may be used for is what package unsafe says:
// nothing here checks that an address is one of the type asked for.

// PointerTo converts a pointer to an unsafe.Pointer.
func PointerTo(p any) unsafe.Pointer { return reflect.ValueOf(p).UnsafePointer() }

// PointerAt converts a uintptr to an unsafe.Pointer.
func PointerAt(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// Address converts an unsafe.Pointer to a uintptr.
func Address(p unsafe.Pointer) uintptr { return uintptr(p) }

// PointerAs converts an unsafe.Pointer to a pointer of the type that like has.
func PointerAs(p unsafe.Pointer, like any) any {
	return reflect.NewAt(reflect.TypeOf(like).Elem(), p).Interface()
}

// unsafeFunctions are those of package unsafe that need no type, by their name.
var unsafeFunctions = map[string]any{
	"UnsafeAdd":        func(p unsafe.Pointer, n int) unsafe.Pointer { return unsafe.Add(p, n) },
	"UnsafeString":     func(p *byte, n int) string { return unsafe.String(p, n) },
	"UnsafeStringData": func(s string) *byte { return unsafe.StringData(s) },
	"UnsafeSlice":      unsafeSlice,
	"UnsafeSliceData": func(s any) any {
		return reflect.NewAt(reflect.TypeOf(s).Elem(), reflect.ValueOf(s).UnsafePointer()).Interface()
	},
}

// unsafeSlice is unsafe.Slice; the result has to be asserted to its type.
func unsafeSlice(p any, n int) any {
	elem := reflect.TypeOf(p).Elem()
	return reflect.NewAt(reflect.ArrayOf(n, elem), reflect.ValueOf(p).UnsafePointer()).Elem().Slice3(0, n, n).Interface()
}

// noPointer tells the interpreter the type unsafe.Pointer.
var noPointer *unsafe.Pointer
