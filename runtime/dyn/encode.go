package dyn

import (
	"bytes"
	"encoding/json"
	"errors"
)

// The functions and methods of package encoding/json that encode, for a value of
// the type t: see forJSON.

// Marshal is json.Marshal.
func Marshal(t *Type, x any) ([]byte, error) {
	b, err := json.Marshal(forJSON(t, x))
	return b, ofMethod(err)
}

// MarshalIndent is json.MarshalIndent.
func MarshalIndent(t *Type, x any, prefix, indent string) ([]byte, error) {
	b, err := json.MarshalIndent(forJSON(t, x), prefix, indent)
	return b, ofMethod(err)
}

// Encode is the method of a json.Encoder.
func Encode(e *json.Encoder, t *Type, x any) error { return ofMethod(e.Encode(forJSON(t, x))) }

// nested encodes a value for an encoder around it, which escapes what it wants.
func nested(t *Type, x any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := Encode(e, t, x)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// A methodError is an error that a cell's MarshalJSON or MarshalText returned, in
// the words of encoding/json, which knows another type.
type methodError struct {
	text string
	err  error
}

func (e *methodError) Error() string { return e.text }
func (e *methodError) Unwrap() error { return e.err }

func inMethod(t *Type, name string, method func(any) ([]byte, error), self any) ([]byte, error) {
	b, err := method(self)
	if err != nil {
		err = &methodError{"json: error calling " + name + " for type " + t.name + ": " + err.Error(), err}
	}
	return b, err
}

// ofMethod takes such an error out of what encoding/json has made of it.
func ofMethod(err error) error {
	var m *methodError
	if errors.As(err, &m) {
		return m
	}
	return err
}
