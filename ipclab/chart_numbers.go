package ipclab

import (
	"fmt"
	"reflect"
	"time"
)

// numbers is a column of them; times are in ns.
type numbers struct {
	values []float64
	times  bool
}

var durationType = reflect.TypeFor[time.Duration]()

// add adds a value of a numeric kind.
func (n *numbers) add(v reflect.Value) error {
	v = inside(v)
	switch {
	case !v.IsValid():
		return fmt.Errorf("nil is no number")
	case v.CanInt():
		n.times = n.times || v.Type() == durationType
		n.values = append(n.values, float64(v.Int()))
	case v.CanUint():
		n.values = append(n.values, float64(v.Uint()))
	case v.CanFloat():
		n.values = append(n.values, v.Float())
	default:
		return fmt.Errorf("a %s is no number", v.Type())
	}
	return nil
}

// at returns the values of some rows.
func (n numbers) at(rows []int) numbers {
	part := numbers{times: n.times}
	for _, i := range rows {
		part.values = append(part.values, n.values[i])
	}
	return part
}

// bothEnds returns an error if intervals have other than two ends; they need not have any.
func bothEnds[T any](interval []T) error {
	if n := len(interval); n != 0 && n != 2 {
		return fmt.Errorf("intervals have two ends, %d are given", n)
	}
	return nil
}

// inside looks into interfaces, also at values whose type is a cell's; it is invalid for nil.
func inside(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
		if !v.IsValid() || !v.CanInterface() {
			return v
		}
		if u, ok := v.Interface().(interface{ Unboxed() any }); ok {
			v = reflect.ValueOf(u.Unboxed())
		}
	}
	return v
}

// sliceOf looks at a slice, also at one whose type is a cell's.
func sliceOf(x any, of string) (reflect.Value, error) {
	v := inside(reflect.ValueOf(&x).Elem())
	if !v.IsValid() || v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return v, fmt.Errorf("want a slice of %s, not %s", of, kindOf(v))
	}
	return v, nil
}

// columnsOf makes columns of slices of numbers that are equally long.
func columnsOf(slices []any) ([]numbers, error) {
	columns := make([]numbers, len(slices))
	for i, s := range slices {
		v, err := sliceOf(s, "numbers")
		if err != nil {
			return nil, err
		}
		for k := range v.Len() {
			if err := columns[i].add(v.Index(k)); err != nil {
				return nil, err
			}
		}
		if a, b := len(columns[0].values), len(columns[i].values); a != b {
			return nil, fmt.Errorf("the slices have %d and %d values", a, b)
		}
	}
	return columns, nil
}

// kindOf is the type of a value in words: "a string", "nil".
func kindOf(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return "nil"
	case v.Type().PkgPath() == "" && v.Kind() == reflect.Struct:
		return "a struct" // the interpreter's names of its fields say nothing
	}
	return "a " + v.Type().String()
}
