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
// nothing to show. Of several values, a last one that is nil is left out: as a
// rule it is the error that did not happen.
func render(results []any) mime.Bundle {
	if n := len(results); n > 0 && isNil(results[n-1]) {
		results = results[:n-1]
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
