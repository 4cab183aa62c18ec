package eval

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"strings"

	"ipclab/ipclab/mapped"
	"ipclab/runtime/dyn"
)

// A runtimeError is an error of the Go runtime in its own words, where the
// interpreter, which works through package reflect, has others.
type runtimeError string

func (e runtimeError) Error() string { return string(e) }

// RuntimeError makes it a runtime.Error.
func (e runtimeError) RuntimeError() {}

const nilDereference = runtimeError("runtime error: invalid memory address or nil pointer dereference")

// operands are what the step that panics works on.
type operands struct {
	action string
	values func() []reflect.Value
}

// interpreterPlace is where in lowered code the interpreter says that an error is.
var interpreterPlace = regexp.MustCompile(`^\S*:\d+:\d+: `)

// inGoWords is the value of a panic as Go has it.
func inGoWords(value any, o operands) any {
	switch v := value.(type) {
	case *reflect.ValueError:
		if v.Kind == reflect.Invalid {
			return nilDereference
		}
	case string:
		if strings.HasPrefix(v, "reflect") {
			return reflectWords(v, o)
		}
	case runtime.Error:
		if text, ok := mapped.Fault(v); ok {
			return runtimeError(text)
		}
		if name, ok := strings.CutPrefix(v.Error(), "hash of unhashable type: "); ok {
			return runtimeError("runtime error: hash of unhashable type " + name)
		}
	case error:
		if text := v.Error(); strings.HasPrefix(fmt.Sprintf("%T", v), "*interp.") {
			return conversionWords(interpreterPlace.ReplaceAllString(text, ""), o)
		}
	}
	return value
}

// conversionWords names the type of what a failed assertion has found as Go does,
// where the interpreter has the type that stands for it.
func conversionWords(text string, o operands) (words runtimeError) {
	const found = "interface conversion: interface {} is "
	words = runtimeError(text)
	end := strings.LastIndex(text, ", not ")
	if end < 0 || !strings.HasPrefix(text, found) || o.values == nil {
		return words
	}
	defer func() { _ = recover() }() // as in reflectWords
	if v := o.values(); len(v) > 0 && v[0].CanInterface() {
		words = runtimeError(found + dyn.TypeName(v[0].Interface()) + text[end:])
	}
	return words
}

// reflectWords puts what package reflect panics with as the Go runtime does.
func reflectWords(text string, o operands) (value any) {
	value = text
	// The operands are read on the way out of a panic, from a frame that may
	// not have them.
	defer func() { _ = recover() }()
	switch {
	case strings.HasSuffix(text, "on nil interface value"), strings.HasSuffix(text, "call of nil function"):
		return nilDereference
	case strings.HasSuffix(text, "index out of range"):
		value = runtimeError("runtime error: index out of range")
		if v := o.values(); len(v) == 2 {
			value = indexWords(v[0], v[1])
		}
	case strings.HasSuffix(text, "index out of bounds"):
		value = runtimeError("runtime error: slice bounds out of range")
		value = sliceWords(o)
	case strings.HasPrefix(text, "reflect.MakeSlice: negative len"), strings.HasPrefix(text, "reflect.MakeSlice: len > cap"):
		return runtimeError("runtime error: makeslice: len out of range")
	case strings.HasPrefix(text, "reflect.MakeSlice: negative cap"):
		return runtimeError("runtime error: makeslice: cap out of range")
	case strings.HasPrefix(text, "reflect: cannot convert slice with length"):
		text = strings.Replace(text, " to pointer to array ", " to array ", 1)
		text = strings.Replace(text, " to array ", " to array or pointer to array ", 1)
		return runtimeError("runtime error" + strings.TrimPrefix(text, "reflect"))
	case strings.HasPrefix(text, "reflect.MakeChan: negative buffer size"):
		return runtimeError("makechan: size out of range")
	}
	return value
}

// whole is the value of an integer of any type, and data that of what is indexed.
func whole(v reflect.Value) int64 {
	if v.CanUint() {
		return int64(v.Uint())
	}
	return v.Int()
}

func data(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v
}

func indexWords(s, index reflect.Value) runtimeError {
	if i := whole(index); i >= 0 {
		return runtimeError(fmt.Sprintf("runtime error: index out of range [%d] with length %d", i, data(s).Len()))
	}
	return runtimeError(fmt.Sprintf("runtime error: index out of range [%d]", whole(index)))
}

// sliceWords says which bound of s[low:high:max] is wrong, in the order in which
// Go looks at them.
func sliceWords(o operands) runtimeError {
	values := o.values()
	s, bounds := data(values[0]), []int64{}
	if o.action == "slice0" {
		bounds = append(bounds, 0)
	}
	for _, v := range values[1:] {
		bounds = append(bounds, whole(v))
	}
	limit, kind := int64(s.Len()), "length"
	if s.Kind() == reflect.Slice && len(bounds) > 1 {
		limit, kind = int64(s.Cap()), "capacity"
	}
	if len(bounds) == 1 {
		bounds = append(bounds, limit)
	}
	return runtimeError("runtime error: slice bounds out of range [" + boundsWords(bounds, limit, kind))
}

func boundsWords(b []int64, limit int64, kind string) string {
	colons := func(i int) (before, after string) {
		return strings.Repeat(":", i), strings.Repeat(":", len(b)-1-i)
	}
	for i := len(b) - 1; i >= 0; i-- {
		before, after := colons(i)
		switch {
		case b[i] < 0:
			return fmt.Sprintf("%s%d%s]", before, b[i], after)
		case i == len(b)-1 && b[i] > limit:
			return fmt.Sprintf("%s%d] with %s %d", before, b[i], kind, limit)
		case i < len(b)-1 && b[i] > b[i+1]:
			return fmt.Sprintf("%s%d:%d%s]", before, b[i], b[i+1], after[1:])
		}
	}
	return "]"
}
