package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// DecodeJSON reads one JSON value: nil, bool, string, json.Number (digits as
// they are in the text), []any or map[string]any. Of a key that an object has
// twice the last value counts, as in Python. The error says where data is not
// JSON.
func DecodeJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, jsonError(err, d.InputOffset())
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("byte %d: more text after the end of the JSON value", d.InputOffset())
	}
	return v, nil
}

func jsonError(err error, offset int64) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	case err == io.EOF:
		return errors.New("there is nothing in it")
	default:
		return fmt.Errorf("byte %d: %w", offset, err)
	}
}

// appendJSON appends v, of the types DecodeJSON gives, in the form that Python's
// json.dumps(v, indent=1, sort_keys=True, ensure_ascii=False) has; depth is the
// indent of the line it begins on.
func appendJSON(b []byte, v any, depth int) []byte {
	switch v := v.(type) {
	case string:
		return appendString(b, v)
	case json.Number:
		return append(b, v...)
	case int:
		return fmt.Append(b, v)
	case bool:
		return fmt.Append(b, v)
	case []any:
		return appendArray(b, v, depth)
	case map[string]any:
		return appendObject(b, v, depth)
	default: // nil; the package puts nothing else into a notebook
		return append(b, "null"...)
	}
}

func appendArray(b []byte, a []any, depth int) []byte {
	if len(a) == 0 {
		return append(b, "[]"...)
	}
	b = append(b, '[')
	for i, v := range a {
		b = appendBreak(b, i > 0, depth+1)
		b = appendJSON(b, v, depth+1)
	}
	return append(appendBreak(b, false, depth), ']')
}

func appendObject(b []byte, o map[string]any, depth int) []byte {
	if len(o) == 0 {
		return append(b, "{}"...)
	}
	b = append(b, '{')
	// Sorted by bytes of UTF-8, which is the order of code points, as in Python.
	for i, k := range slices.Sorted(maps.Keys(o)) {
		b = appendBreak(b, i > 0, depth+1)
		b = append(appendString(b, k), ": "...)
		b = appendJSON(b, o[k], depth+1)
	}
	return append(appendBreak(b, false, depth), '}')
}

func appendBreak(b []byte, comma bool, depth int) []byte {
	if comma {
		b = append(b, ',')
	}
	b = append(b, '\n')
	for range depth {
		b = append(b, ' ')
	}
	return b
}

const hexDigits = "0123456789abcdef"

// appendString escapes what Python escapes and nothing else; encoding/json
// would also escape U+2028 and U+2029.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		switch short := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case short >= 0:
			b = append(b, '\\', `"\bfnrt`[short])
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
