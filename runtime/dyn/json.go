package dyn

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// A jsonMethod calls a cell's MarshalJSON method, a textMethod its MarshalText.
type (
	jsonMethod func() ([]byte, error)
	textMethod func() ([]byte, error)
)

// MarshalJSON implements json.Marshaler.
func (m jsonMethod) MarshalJSON() ([]byte, error) { return m() }

// MarshalText implements encoding.TextMarshaler.
func (m textMethod) MarshalText() ([]byte, error) { return m() }

// deepest bounds how deep values are followed, so that a cycle is an error.
const deepest = 1000

// forJSON gives package encoding/json a value in which it finds the methods of
// cells' types and embedded fields: structs are made anew, with the same names
// and tags. The type of x is t, or nothing of cells; an interface value says
// itself what it is.
func forJSON(t *Type, x any) any {
	if t == nil {
		t, x = dynamic(x)
	}
	if x == nil {
		return nil
	}
	return toJSON(reflect.ValueOf(x), t, 0)
}

func toJSON(v reflect.Value, t *Type, depth int) any {
	if depth > deepest {
		return jsonMethod(func() ([]byte, error) { return nil, errors.New("json: unsupported value: encountered a cycle") })
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		dt, x := dynamic(v.Interface())
		return toJSON(reflect.ValueOf(x), dt, depth+1)
	}
	if t == nil {
		t = ofReflect(v.Type())
	}
	if t == nil && !mayHold(v.Type()) {
		return v.Interface()
	}
	if m := marshaler(v, t); m != nil {
		return m
	}
	key, elem, _ := t.parts()
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return toJSON(v.Elem(), elem, depth+1)
	case reflect.Struct:
		return jsonStruct(v, t, depth).Interface()
	case reflect.Map:
		return jsonMap(v, key, elem, depth)
	case reflect.Slice, reflect.Array:
		return jsonList(v, elem, depth)
	}
	return v.Interface()
}

// marshaler finds the method by which a value encodes itself, as encoding/json
// does: also one of the pointer, if the value has an address.
func marshaler(v reflect.Value, t *Type) any {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		self, f := receiver(v, t, name)
		m, ok := f.(func(any) ([]byte, error))
		switch {
		case !ok:
		case name == "MarshalJSON":
			return jsonMethod(func() ([]byte, error) { return inMethod(t, name, m, self) })
		default:
			return textMethod(func() ([]byte, error) { return inMethod(t, name, m, self) })
		}
	}
	return nil
}

// receiver finds a method of a value, or of its pointer if it has an address.
func receiver(v reflect.Value, t *Type, name string) (self, method any) {
	if t == nil {
		return nil, nil
	}
	if f := t.method(name); f != nil {
		return box{t, v.Interface()}.self(), f
	}
	if v.CanAddr() {
		p := t.Pointer()
		if f := p.method(name); f != nil {
			return box{p, v.Addr().Interface()}.self(), f
		}
	}
	return nil, nil
}

func jsonList(v reflect.Value, elem *Type, depth int) any {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 && elem == nil {
			return v.Interface()
		}
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = toJSON(v.Index(i), elem, depth+1)
	}
	return list
}

func jsonMap(v reflect.Value, key, elem *Type, depth int) any {
	if v.IsNil() {
		return nil
	}
	m := make(map[string]any, v.Len())
	for it := v.MapRange(); it.Next(); {
		k, err := jsonKey(it.Key(), key)
		if err != nil {
			return jsonMethod(func() ([]byte, error) { return nil, err })
		}
		m[k] = toJSON(it.Value(), elem, depth+1)
	}
	return m
}

func jsonKey(k reflect.Value, t *Type) (string, error) {
	if t == nil {
		t = ofReflect(k.Type())
	}
	if k.Kind() == reflect.String {
		return k.String(), nil
	}
	if m, ok := k.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return string(text), err
	}
	if self, f := receiver(k, t, "MarshalText"); f != nil {
		if m, ok := f.(func(any) ([]byte, error)); ok {
			text, err := m(self)
			return string(text), err
		}
	}
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10), nil
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10), nil
	}
	return "", &json.UnsupportedTypeError{Type: reflect.MapOf(k.Type(), anyType)}
}

// jsonStruct makes a struct for encoding/json of one of a cell.
func jsonStruct(v reflect.Value, t *Type, depth int) reflect.Value {
	_, _, types := t.parts()
	var fields []reflect.StructField
	var values []reflect.Value
	for i := range v.NumField() {
		f, x := v.Type().Field(i), v.Field(i)
		if embedsStruct(f) {
			ft := at(types, i)
			if x.Kind() == reflect.Pointer {
				_, elem, _ := ft.parts()
				x, ft = x.Elem(), elem
			}
			if x.IsValid() && depth < deepest {
				inner := jsonStruct(x, orReflect(ft, x.Type()), depth+1)
				fields = append(fields, reflect.StructField{Name: f.Name, Type: inner.Type(), Anonymous: true})
				values = append(values, inner)
			}
			continue
		}
		if value, ok := jsonField(f, x, at(types, i), depth); ok {
			fields = append(fields, reflect.StructField{Name: f.Name, Type: value.Type(), Tag: jsonTag(f)})
			values = append(values, value)
		}
	}
	s := reflect.New(reflect.StructOf(fields)).Elem()
	for i, x := range values {
		s.Field(i).Set(x)
	}
	return s
}

func orReflect(t *Type, rt reflect.Type) *Type {
	if t == nil {
		return ofReflect(rt)
	}
	return t
}

// embedsStruct tells embedded structs whose fields count as those of the outer one.
func embedsStruct(f reflect.StructField) bool {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return f.Tag.Get(EmbedKey) != "" && t.Kind() == reflect.Struct && (name == "" || f.Tag.Get(FieldKey) != "")
}

// jsonTag keeps what encoding/json reads of a tag.
func jsonTag(f reflect.StructField) reflect.StructTag {
	if tag := f.Tag.Get("json"); tag != "" {
		return reflect.StructTag("json:" + strconv.Quote(tag))
	}
	return ""
}

// jsonField gives the value of a field; ok is false if it is left out.
func jsonField(f reflect.StructField, x reflect.Value, t *Type, depth int) (value reflect.Value, ok bool) {
	if _, unexported := fieldName(f); unexported || f.Tag.Get("json") == "-" {
		return x, false
	}
	if orReflect(t, f.Type) == nil && !mayHold(f.Type) {
		return x, true
	}
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	for option := range strings.SplitSeq(options, ",") {
		if option == "omitempty" && empty(x) || option == "omitzero" && x.IsZero() {
			return x, false
		}
	}
	value = reflect.New(anyType).Elem()
	made := toJSON(x, t, depth+1)
	if made == nil {
		return value, true
	}
	if rv := reflect.ValueOf(made); rv.Comparable() && rv.Type().PkgPath() == "" && rv.Kind() < reflect.Complex64 || rv.Kind() == reflect.String {
		return rv, true // so that the option string has its effect
	}
	value.Set(reflect.ValueOf(made))
	return value, true
}

// empty is what the option omitempty leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
