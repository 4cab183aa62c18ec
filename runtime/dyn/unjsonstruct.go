package dyn

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// structFromJSON decodes an object into a struct of parts, and these into the
// fields of v.
func (d decoding) structFromJSON(data []byte, v reflect.Value, t *Type) error {
	parts := reflect.New(partsOf(v.Type(), 0)).Elem()
	if err := d.unmarshal(data, parts.Addr().Interface()); err != nil {
		return err
	}
	return d.fillStruct(parts, v, t)
}

// partsOf makes the type of a struct of parts: the fields that encoding/json
// would fill, with their names and tags, and the embedded structs.
func partsOf(rt reflect.Type, depth int) reflect.Type {
	var fields []reflect.StructField
	for i := range rt.NumField() {
		f := rt.Field(i)
		_, unexported := fieldName(f)
		switch {
		case embedsStruct(f) && depth < deepest:
			fields = append(fields, reflect.StructField{Name: f.Name, Type: partsOf(structOf(f), depth+1), Anonymous: true})
		case !unexported:
			fields = append(fields, reflect.StructField{Name: f.Name, Type: reflect.TypeFor[part](), Tag: jsonTag(f)})
		}
	}
	return reflect.StructOf(fields)
}

// structOf is the struct that a field embeds.
func structOf(f reflect.StructField) reflect.Type {
	if f.Type.Kind() == reflect.Pointer {
		return f.Type.Elem()
	}
	return f.Type
}

// fillStruct decodes parts into the fields of the same names. As in
// encoding/json, a value of another type is an error, but the rest is decoded.
func (d decoding) fillStruct(parts, v reflect.Value, t *Type) error {
	_, _, types := t.parts()
	var first error
	for i := range parts.NumField() {
		f, _ := v.Type().FieldByName(parts.Type().Field(i).Name)
		err := d.fillField(parts.Field(i), v.FieldByIndex(f.Index), f, at(types, f.Index[0]))
		var mismatch *json.UnmarshalTypeError
		switch {
		case err == nil:
		case errors.As(err, &mismatch):
			if first == nil {
				first = inField(mismatch, t, f)
			}
		default:
			return err
		}
	}
	return first
}

// inField says in which field a value of another type was found.
func inField(err *json.UnmarshalTypeError, t *Type, f reflect.StructField) error {
	if err.Struct == "" && t != nil {
		err.Struct = t.name[strings.LastIndex(t.name, ".")+1:]
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		name = f.Name
	}
	err.Field = strings.TrimSuffix(name+"."+err.Field, ".")
	return err
}

func (d decoding) fillField(parts, v reflect.Value, f reflect.StructField, t *Type) error {
	if embedsStruct(f) {
		if v.Kind() == reflect.Pointer {
			if !filled(parts) {
				return nil
			}
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			_, elem, _ := t.parts()
			v, t = v.Elem(), elem
		}
		return d.fillStruct(parts, v, orReflect(t, v.Type()))
	}
	text := parts.Interface().(part).text
	if text == nil {
		return nil
	}
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if strings.Contains(","+options+",", ",string,") && (v.Kind() <= reflect.Float64 || v.Kind() == reflect.String) && string(text) != "null" {
		var quoted string
		if err := json.Unmarshal(text, &quoted); err != nil {
			return errors.New("json: invalid use of ,string struct tag, trying to unmarshal unquoted value into " + f.Type.String())
		}
		text = []byte(quoted)
	}
	return d.fromJSON(text, v, t)
}

// filled tells whether any part has a text.
func filled(parts reflect.Value) bool {
	for i := range parts.NumField() {
		p, ok := parts.Field(i).Interface().(part)
		if ok && p.text != nil || !ok && filled(parts.Field(i)) {
			return true
		}
	}
	return false
}
