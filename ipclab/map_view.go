package ipclab

import (
	"reflect"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mapped"
)

// View makes a variable of yours look at the mapping from an offset on, as a value of its type. It is given the
// variable's address, and the variable is
//   - a pointer: View(0, &p) with var p *T makes p point to the T that is there, T being a number, a struct, an array;
//   - a slice: View(64, &s) with var s []T makes s the elements from there to the end of the mapping, as many as fit.
//     Its capacity is its length: append copies.
//
// What is then read from *p, its fields or the elements of s is read from the mapping, and what is assigned is written
// to it: nothing is copied or converted. Layout, sizes and byte order are those of Go on this machine, which are those
// of C for fields of the same sizes; int has 8 bytes. atomic.AddInt64(&p.N, 1) and the types of sync/atomic work across
// processes.
//
// T must be the same everywhere: it must hold no address, since an address means nothing in another process, which has
// the file mapped elsewhere (TwoAddresses shows that). So strings, slices, maps, pointers, channels, functions and
// interfaces are refused, wherever they are in T; arrays of a fixed length, offsets and indexes serve instead. The locks
// of package sync are refused too: they are between goroutines of one process.
//
// Errors: EINVAL for such a T, for an offset that is not a multiple of T's alignment (8 bytes for int64), for what is no
// address of a pointer or slice, or after Unmap; ERANGE for a T that does not lie within the mapping as a whole.
func (m *Mapping) View(offset int, variable any) error {
	return m.use("View", func(r *mapped.Region) error {
		to, err := viewVariable(variable)
		if err != nil {
			return err
		}
		t := to.Type().Elem()
		if err := viewType(t); err != nil {
			return err
		}
		if err := viewPlace(r.Len(), offset, t); err != nil {
			return err
		}
		if to.Kind() == reflect.Slice {
			n := (r.Len() - offset) / int(t.Size())
			to.Set(r.Slice(offset, n, t).Convert(to.Type()))
			return nil
		}
		to.Set(r.At(offset, t).Convert(to.Type()))
		return nil
	})
}

// viewVariable returns the variable, a pointer or slice, whose address was given.
func viewVariable(variable any) (reflect.Value, error) {
	// A notebook has a value of a type such as type Count int64 in a box, since the interpreter takes it for an int64.
	if box, ok := variable.(interface{ Unboxed() any }); ok {
		variable = box.Unboxed()
	}
	v := reflect.ValueOf(variable)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return v, because(unix.EINVAL, "want the address of a pointer or slice: var p *T; m.View(0, &p)")
	}
	switch v = v.Elem(); v.Kind() {
	case reflect.Pointer, reflect.Slice:
		return v, nil
	}
	return v, because(unix.EINVAL, "want the address of a pointer or slice, not of a value, which is elsewhere: var p *T; m.View(0, &p)")
}

// viewPlace looks that a T at an offset lies within the mapping and is aligned. A slice is one of at least one element.
func viewPlace(length, offset int, t reflect.Type) error {
	size, align := int(t.Size()), t.Align()
	switch {
	case offset < 0 || offset > length || size > length-offset:
		return because(unix.ERANGE, "%s at offset %d: the mapping has %s", bytesText(size), offset, bytesText(length))
	case offset%align != 0:
		return because(unix.EINVAL, "offset %d: the type must be at a multiple of %d; the next are %d and %d",
			offset, align, offset-offset%align, offset-offset%align+align)
	}
	return nil
}

// viewType returns an error for a type of which values cannot be in shared memory.
func viewType(t reflect.Type) error {
	if t.Size() == 0 {
		return because(unix.EINVAL, "the type has no bytes")
	}
	path, what := addressIn(t, "")
	switch {
	case what == "":
		return nil
	case path == "":
		path = "the type"
	default:
		path = "the type's field " + strings.TrimPrefix(path, ".")
	}
	if what == lockText {
		return because(unix.EINVAL, "%s is %s: it works between goroutines of one process; use package sync/atomic", path, what)
	}
	return because(unix.EINVAL, "%s is %s, which holds an address, and addresses mean nothing in another process, "+
		"where the file is mapped elsewhere; use an array of fixed length, an offset or an index (ipclab.TwoAddresses() shows why)", path, what)
}

// lockText is what addressIn says of the types of package sync.
const lockText = "of package sync"

// addressIn finds a part of a type that holds an address, or a lock of one process: where it is and what; "" for none.
func addressIn(t reflect.Type, path string) (where, what string) {
	if t.PkgPath() == "sync" {
		return path, lockText
	}
	switch t.Kind() {
	case reflect.Array:
		return addressIn(t.Elem(), path+"[]")
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if where, what = addressIn(f.Type, path+"."+fieldName(f)); what != "" {
				return where, what
			}
		}
		return "", ""
	}
	return path, addressKinds[t.Kind()]
}

// addressKinds says what the kinds are that hold addresses.
var addressKinds = map[reflect.Kind]string{
	reflect.String: "a string", reflect.Slice: "a slice", reflect.Map: "a map", reflect.Pointer: "a pointer",
	reflect.UnsafePointer: "a pointer", reflect.Chan: "a channel", reflect.Func: "a function", reflect.Interface: "an interface",
}

// fieldName is the name of a field as its user wrote it. The interpreter exports all fields, under names that begin with
// X, and keeps the true one in a tag.
func fieldName(f reflect.StructField) string {
	if name := f.Tag.Get("ˑf"); name != "" {
		return name
	}
	return f.Name
}
