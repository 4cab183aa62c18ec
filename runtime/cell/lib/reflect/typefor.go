// Package reflect is the source of the generic functions of package reflect for
// cells, which instantiate it; see the package comment of lib.
package reflect

import "reflect"

// TypeFor is reflect.TypeFor.
func TypeFor[T any]() reflect.Type { return reflect.TypeOf((*T)(nil)).Elem() }

// TypeAssert is reflect.TypeAssert.
func TypeAssert[T any](v reflect.Value) (T, bool) {
	t, ok := v.Interface().(T)
	return t, ok
}
