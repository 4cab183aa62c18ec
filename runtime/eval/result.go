package eval

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"ipclab/ipclab/mime"
)

// maxResultText bounds the text of one result, in bytes: a front end that is
// sent a megabyte of it is of no use to anybody.
const maxResultText = 64 << 10

// render gives the representations of a cell's results, or nil where there is
// nothing to show. Of several values, the last is as a rule an error: one that
// did not happen is left out, and one that did stands alone if it comes with
// nothing but zero values.
func render(results []any) mime.Bundle {
	n := len(results)
	switch {
	case n > 0 && isNil(results[n-1]):
		results = results[:n-1]
	case n > 1 && isErrorAlone(results):
		results = results[n-1:]
	}
	switch len(results) {
	case 0:
		return nil
	case 1:
		if d, ok := results[0].(mime.Displayable); ok {
			return displayed(d)
		}
	}
	var texts []string
	for _, v := range results {
		texts = append(texts, text(v))
	}
	return mime.Bundle{mime.Plain: cut(strings.Join(texts, ", "))}
}

func isErrorAlone(results []any) bool {
	last := len(results) - 1
	if _, ok := results[last].(error); !ok {
		return false
	}
	for _, v := range results[:last] {
		if v != nil && !reflect.ValueOf(v).IsZero() {
			return false
		}
	}
	return true
}

func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Func, reflect.Chan:
		return r.IsNil()
	}
	return false
}

// displayed calls a value's own method, which may be interpreted and panic.
func displayed(d mime.Displayable) (b mime.Bundle) {
	defer func() {
		if r := recover(); r != nil {
			b = mime.Bundle{mime.Plain: fmt.Sprintf("%T: method MIMEBundle panics: %v", d, r)}
		}
	}()
	return d.MIMEBundle()
}

func text(v any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("%T: cannot be printed: %v", v, r)
		}
	}()
	switch {
	case isNil(v):
		return "<nil>"
	case reflect.TypeOf(v).Kind() == reflect.Func:
		return fmt.Sprintf("%T", v) // an address says nothing
	}
	return fmt.Sprintf("%+v", v)
}

func cut(s string) string {
	if len(s) <= maxResultText {
		return s
	}
	kept := strings.ToValidUTF8(s[:maxResultText], "")
	return fmt.Sprintf("%s… (%d bytes more)", kept, len(s)-len(kept))
}

// JSON encodes a bundle's representations as the messaging protocol wants
// them: text as strings, binary data in base64, JSON types as they are. What
// cannot be encoded is left out, and text/plain says so.
func JSON(b mime.Bundle) map[string]json.RawMessage {
	encoded := make(map[string]json.RawMessage, len(b))
	for kind, value := range b {
		data, err := json.Marshal(value)
		if err != nil {
			note, _ := json.Marshal(fmt.Sprintf("%s cannot be encoded: %v", kind, err))
			encoded[mime.Plain] = note
			continue
		}
		if _, noted := encoded[kind]; !noted {
			encoded[kind] = data
		}
	}
	return encoded
}
