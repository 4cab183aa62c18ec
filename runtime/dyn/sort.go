package dyn

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// sortedKeys returns the keys of a map in the order in which package fmt prints
// them.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortStableFunc(keys, compare)
	return keys
}

func compare(a, b reflect.Value) int {
	switch {
	case a.Kind() == reflect.Interface:
		return compareDynamic(a, b)
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	switch a.Kind() {
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Bool:
		return cmp.Compare(fmt.Sprint(a.Bool()), fmt.Sprint(b.Bool()))
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compare(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	case reflect.Array:
		for i := range a.Len() {
			if c := compare(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	case reflect.Pointer, reflect.Chan:
		return cmp.Compare(a.Pointer(), b.Pointer())
	}
	return 0
}

// compareDynamic compares what interfaces hold: nil first, then by type.
func compareDynamic(a, b reflect.Value) int {
	if a.IsNil() || b.IsNil() {
		return cmp.Compare(fmt.Sprint(!a.IsNil()), fmt.Sprint(!b.IsNil()))
	}
	_, x := dynamic(a.Interface())
	_, y := dynamic(b.Interface())
	u, v := reflect.ValueOf(x), reflect.ValueOf(y)
	if u.Type() != v.Type() {
		return cmp.Compare(u.Type().String(), v.Type().String())
	}
	return compare(u, v)
}
