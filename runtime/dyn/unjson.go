package dyn

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// A part is text of JSON that is decoded once its place is known.
type part struct{ text []byte }

// UnmarshalJSON implements json.Unmarshaler.
func (p *part) UnmarshalJSON(b []byte) error {
	p.text = append([]byte{}, b...)
	return nil
}

// Unmarshal is json.Unmarshal for a pointer of the type t, by the methods of
// cells' types and with the fields of embedded structs.
func Unmarshal(data []byte, t *Type, x any) error {
	v, t := target(t, x)
	if !v.IsValid() {
		return json.Unmarshal(data, x)
	}
	if !json.Valid(data) {
		var nothing any
		return json.Unmarshal(data, &nothing)
	}
	return decoding{}.fromJSON(data, v, t)
}

// Decode is the method of a json.Decoder for such a pointer.
func Decode(d *json.Decoder, t *Type, x any) error {
	v, t := target(t, x)
	if !v.IsValid() {
		return d.Decode(x)
	}
	var p part
	if err := d.Decode(&p); err != nil {
		return err
	}
	return decodingOf(d).fromJSON(p.text, v, t)
}

// A decoding is how the parts of a value are decoded.
type decoding struct {
	known   bool // unknown fields are an error
	numbers bool // a number without a type becomes a json.Number
}

// decodingOf are the options that a json.Decoder has been given. It does not tell
// them, and without the fields in which it keeps them they are lost.
func decodingOf(d *json.Decoder) decoding {
	option := func(name string) bool {
		state := reflect.ValueOf(d).Elem().FieldByName("d")
		if state.Kind() != reflect.Struct {
			return false
		}
		f := state.FieldByName(name)
		return f.Kind() == reflect.Bool && f.Bool()
	}
	return decoding{known: option("disallowUnknownFields"), numbers: option("useNumber")}
}

// unmarshal is json.Unmarshal with the options.
func (d decoding) unmarshal(data []byte, x any) error {
	if d == (decoding{}) {
		return json.Unmarshal(data, x)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if d.known {
		decoder.DisallowUnknownFields()
	}
	if d.numbers {
		decoder.UseNumber()
	}
	return decoder.Decode(x)
}

// target is what a pointer points to, if there is something of cells in it.
func target(t *Type, x any) (reflect.Value, *Type) {
	if t == nil {
		t, x = dynamic(x)
	}
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return reflect.Value{}, nil
	}
	if t = orReflect(t, v.Type()); t == nil && !mayHold(v.Type().Elem()) {
		return reflect.Value{}, nil
	}
	_, elem, _ := t.parts()
	return v.Elem(), elem
}

// fromJSON decodes into a place, which has an address.
func (d decoding) fromJSON(data []byte, v reflect.Value, t *Type) error {
	t = orReflect(t, v.Type())
	if done, err := unmarshaler(data, v, t); done {
		return err
	}
	if t == nil && !mayHold(v.Type()) || string(data) == "null" {
		return d.unmarshal(data, v.Addr().Interface())
	}
	key, elem, _ := t.parts()
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return d.fromJSON(data, v.Elem(), elem)
	case reflect.Struct:
		return d.structFromJSON(data, v, t)
	case reflect.Slice, reflect.Array:
		if elem != nil || mayHold(v.Type().Elem()) && v.Type().Elem().Kind() != reflect.Interface {
			return d.listFromJSON(data, v, elem)
		}
	case reflect.Map:
		return d.mapFromJSON(data, v, key, elem)
	}
	return d.unmarshal(data, v.Addr().Interface())
}

// unmarshaler decodes by the type's own method, if it has one.
func unmarshaler(data []byte, v reflect.Value, t *Type) (done bool, err error) {
	if self, f := receiver(v, t, "UnmarshalJSON"); f != nil && v.Kind() != reflect.Pointer {
		if m, ok := f.(func(any, []byte) error); ok {
			return true, m(self, data)
		}
	}
	self, f := receiver(v, t, "UnmarshalText")
	m, ok := f.(func(any, []byte) error)
	if !ok || v.Kind() == reflect.Pointer || string(data) == "null" {
		return false, nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return true, fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", data, t.name)
	}
	return true, m(self, []byte(text))
}

func (d decoding) listFromJSON(data []byte, v reflect.Value, elem *Type) error {
	var parts []part
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(parts), len(parts)))
	}
	for i := range v.Len() {
		if i >= len(parts) {
			v.Index(i).SetZero()
		} else if err := d.fromJSON(parts[i].text, v.Index(i), elem); err != nil {
			return err
		}
	}
	return nil
}

func (d decoding) mapFromJSON(data []byte, v reflect.Value, key, elem *Type) error {
	var parts map[string]part
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for name, p := range parts {
		k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := keyFromJSON(name, k, key); err != nil {
			return err
		}
		if err := d.fromJSON(p.text, x, elem); err != nil {
			return err
		}
		v.SetMapIndex(k, x)
	}
	return nil
}

func keyFromJSON(name string, k reflect.Value, t *Type) error {
	if self, f := receiver(k, orReflect(t, k.Type()), "UnmarshalText"); f != nil {
		if m, ok := f.(func(any, []byte) error); ok {
			return m(self, []byte(name))
		}
	}
	if u, ok := k.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(name))
	}
	switch {
	case k.Kind() == reflect.String:
		k.SetString(name)
		return nil
	case k.CanInt():
		n, err := strconv.ParseInt(name, 10, k.Type().Bits())
		k.SetInt(n)
		return err
	case k.CanUint():
		n, err := strconv.ParseUint(name, 10, k.Type().Bits())
		k.SetUint(n)
		return err
	}
	return fmt.Errorf("json: cannot unmarshal object key %q into a value of type %s", name, reflectName(k.Type()))
}
