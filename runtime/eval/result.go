package eval

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"reflect"
	"strings"

	"ipclab/ipclab/mime"
	"ipclab/runtime/dyn"
)

// maxResultText bounds the text of one result, in bytes: a front end that is
// sent a megabyte of it is of no use to anybody.
const maxResultText = 64 << 10

// resultLimits bound the text of a value that is not shown as a table.
var resultLimits = dyn.Limits{Bytes: maxResultText, Elements: 200, Sorted: maxSorted, Methods: true}

// render gives the representations of a cell's results, or nil where there is
// nothing to show. Alone, nil is not shown: an interface that holds nothing, such
// as an error that did not happen, a pointer, a function or a channel; a nil
// slice or map is an empty one and is shown. Of several values, the last is as a rule an error: one that
// did not happen is left out, and one that did stands alone if it comes with
// nothing but zero values.
func render(results []any) mime.Bundle {
	n := len(results)
	switch {
	case n == 1 && isNothing(results[0]):
		return nil
	case n > 0 && results[n-1] == nil:
		results = results[:n-1]
	case n > 1 && isErrorAlone(results):
		results = results[n-1:]
	}
	var bundles []mime.Bundle
	for _, v := range results {
		bundles = append(bundles, represent(v))
	}
	switch len(bundles) {
	case 0:
		return nil
	case 1:
		return bundles[0]
	}
	return together(bundles)
}

// isNothing tells nil, but not a slice or map that is nil.
func isNothing(v any) bool {
	p := dyn.PartOf(v)
	if !p.Nil() {
		return false
	}
	kind := p.Kind()
	return kind != reflect.Slice && kind != reflect.Map
}

func isErrorAlone(results []any) bool {
	last := len(results) - 1
	if _, ok := results[last].(error); !ok {
		return false
	}
	for _, v := range results[:last] {
		if !dyn.PartOf(v).Zero() {
			return false
		}
	}
	return true
}

// represent gives the representations of one value.
func represent(v any) (b mime.Bundle) {
	defer func() {
		if r := recover(); r != nil {
			b = mime.Bundle{mime.Plain: fmt.Sprintf("%s: cannot be printed: %v", dyn.TypeName(v), inGoWords(r, operands{}))}
		}
	}()
	p := dyn.PartOf(v)
	if d, ok := v.(mime.Displayable); ok && !p.Nil() {
		return displayed(d)
	}
	if s, ok := resultTable.table(p); ok {
		return s.MIMEBundle()
	}
	return mime.Bundle{mime.Plain: text(p)}
}

// together puts several results into one: on a line, or below one another if
// there is more to one of them than text.
func together(bundles []mime.Bundle) mime.Bundle {
	var texts, parts []string
	rich := false
	for _, b := range bundles {
		plain, _ := b[mime.Plain].(string)
		part, ok := b[mime.HTML].(string)
		if !ok {
			part, ok = b[mime.SVG].(string) // a chart
		}
		if !ok {
			part = "<pre>" + html.EscapeString(plain) + "</pre>"
		}
		texts, parts, rich = append(texts, plain), append(parts, part), rich || ok
	}
	if !rich {
		return mime.Bundle{mime.Plain: cut(strings.Join(texts, ", "))}
	}
	return mime.Bundle{mime.Plain: cut(strings.Join(texts, "\n")), mime.HTML: strings.Join(parts, "\n")}
}

// displayed calls a value's own method, which may be interpreted and panic.
func displayed(d mime.Displayable) (b mime.Bundle) {
	defer func() {
		if r := recover(); r != nil {
			b = mime.Bundle{mime.Plain: fmt.Sprintf("%s: method MIMEBundle panics: %v", dyn.TypeName(d), r)}
		}
	}()
	return d.MIMEBundle()
}

func text(p dyn.Part) string {
	switch {
	case p.PrintsItself(true):
		return cut(p.Text(dyn.Limits{Bytes: math.MaxInt, Methods: true}))
	case p.Kind() == reflect.String:
		return cut(p.String())
	case p.Kind() == reflect.Func && !p.Nil():
		return p.TypeName() // an address says nothing
	case isEmpty(p) && tabular(p, true):
		return emptyText(p)
	}
	return p.Text(resultLimits)
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
