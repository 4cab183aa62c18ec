package eval

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"ipclab/ipclab/sheet"
	"ipclab/runtime/dyn"
)

// maxSorted is how many entries of a map are sorted, which needs all of its keys:
// 100,000 take a tenth of a second. Of a larger map, any entries are shown.
const maxSorted = 100_000

// A tableSize bounds tables of values. Only what is shown is looked at.
type tableSize struct {
	rows, columns int
	width         int // of all columns, in bytes of text
	sorted        int // as in dyn.Limits
	methods       bool
	stop          func() bool
}

var resultTable = tableSize{rows: 60, columns: 20, width: 240, sorted: maxSorted, methods: true}

// Bounds of the text of one cell of a table, in bytes; between them, the columns
// share the table's width.
const minCell, maxCell = 16, 80

// table lays out a map, or a slice or array whose elements have parts. ok is
// false for all other values and for those without elements.
func (l tableSize) table(p dyn.Part) (s sheet.Sheet, ok bool) {
	if !tabular(p, l.methods) || isEmpty(p) {
		return s, false
	}
	b := &builder{tableSize: l}
	if p.Kind() == reflect.Map {
		b.entries(p)
	} else {
		b.elements(p)
	}
	b.head(p.Shape(l.methods))
	b.body()
	return b.sheet, true
}

// tabular tells values that are shown as tables, unless they are empty.
func tabular(p dyn.Part, methods bool) bool {
	switch p.Kind() {
	case reflect.Map:
		return !p.PrintsItself(methods)
	case reflect.Slice, reflect.Array:
		return !p.PrintsItself(methods) && p.Shape(methods) != dyn.Other
	}
	return false
}

func isEmpty(p dyn.Part) bool {
	switch p.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array:
		return p.Len() == 0
	}
	return false
}

// emptyText says of what a table would be that has no rows.
func emptyText(p dyn.Part) string {
	text, how := "[]", "empty"
	if p.Kind() == reflect.Map {
		text = "map[]"
	}
	if p.Nil() {
		how = "nil"
	}
	return fmt.Sprintf("%s (%s %s)", text, how, p.TypeName())
}

// A builder makes one table.
type builder struct {
	tableSize
	sheet  sheet.Sheet
	keys   []string
	values []dyn.Part
	get    func(value dyn.Part, column int) (dyn.Part, bool)
}

// elements takes the rows that are shown of a slice or array.
func (b *builder) elements(p dyn.Part) {
	b.sheet.Header, b.sheet.Numeric = []string{""}, []bool{true}
	head, tail := b.shown(p.Len())
	for i := range head {
		b.row(fmt.Sprint(i), p.Index(i))
	}
	for i := p.Len() - tail; i < p.Len(); i++ {
		b.row(fmt.Sprint(i), p.Index(i))
	}
}

// entries takes the rows that are shown of a map.
func (b *builder) entries(p dyn.Part) {
	list := p.Entries(b.sorted, b.rows)
	head, tail := b.shown(p.Len())
	if len(list) < p.Len() {
		head, tail = len(list), 0
		b.sheet.Gap, b.sheet.Missing = head, p.Len()-head
		b.sheet.Notes = append(b.sheet.Notes, fmt.Sprintf("Those shown are any of the entries: maps of more than %d are not sorted.", b.sorted))
	}
	numeric := true
	for _, e := range append(list[:head:head], list[len(list)-tail:]...) {
		numeric = numeric && e.Key.Number(b.methods)
		b.row(e.Key.Text(b.limits(1)), e.Value)
	}
	b.sheet.Header, b.sheet.Numeric = []string{"key"}, []bool{numeric}
}

// shown says how many rows are shown at the beginning and at the end, and notes
// the gap between them.
func (b *builder) shown(n int) (head, tail int) {
	head, tail = dyn.HeadAndTail(n, b.rows)
	b.sheet.Gap, b.sheet.Missing = head, n-head-tail
	return head, tail
}

func (b *builder) row(key string, value dyn.Part) {
	b.keys, b.values = append(b.keys, key), append(b.values, value)
}

// head chooses the columns by the shape of the values.
func (b *builder) head(shape dyn.Shape) {
	names, n := []string{"value"}, 1
	b.get = func(v dyn.Part, _ int) (dyn.Part, bool) { return v, true }
	switch shape {
	case dyn.Records:
		if fields := b.fields(); fields != nil {
			names, n, b.get = fields, len(fields), field
		}
	case dyn.Maps:
		if keys, parts := b.mapKeys(); keys != nil {
			names, n = keys, len(keys)
			b.get = func(v dyn.Part, c int) (dyn.Part, bool) { return entryOf(v, parts[c]) }
		}
	case dyn.Lists:
		if longest := b.longest(); longest > 0 {
			names, n, b.get = numbers(min(longest, b.columns)), longest, item
		}
	}
	if n > b.columns {
		names = names[:b.columns]
		b.sheet.Notes = append(b.sheet.Notes, fmt.Sprintf("%d of %d columns are not shown.", n-b.columns, n))
	}
	b.sheet.Header = append(b.sheet.Header, names...)
}

// body makes text of the values.
func (b *builder) body() {
	columns := len(b.sheet.Header) - 1
	limits := b.limits(columns)
	b.sheet.Rows = make([][]string, len(b.values))
	for i, key := range b.keys {
		b.sheet.Rows[i] = append(make([]string, 0, columns+1), key)
	}
	for c := range columns {
		numeric, some := true, false
		for i, value := range b.values {
			text := ""
			if part, ok := b.get(value, c); ok {
				text = part.Text(limits)
				number := part.Number(b.methods)
				numeric, some = numeric && (number || part.Nil()), some || number
			}
			b.sheet.Rows[i] = append(b.sheet.Rows[i], text)
		}
		b.sheet.Numeric = append(b.sheet.Numeric, numeric && some)
	}
}

// limits bound the text of one cell of a table.
func (b *builder) limits(columns int) dyn.Limits {
	width := min(max(b.width/columns, minCell), maxCell)
	return dyn.Limits{Bytes: width, Elements: maxCell, Sorted: maxKeys, Methods: b.methods, Stop: b.stop}
}

// fields names the fields of the structs, nil if all rows are nil pointers.
func (b *builder) fields() []string {
	for _, v := range b.values {
		if s, ok := structure(v); ok {
			return s.Fields()
		}
	}
	return nil
}

// structure is the struct that v is or points to.
func structure(v dyn.Part) (dyn.Part, bool) {
	if v.Nil() {
		return v, false
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v, v.Kind() == reflect.Struct
}

// field is a field of a struct; of a nil pointer, <nil> stands in the first column.
func field(v dyn.Part, column int) (dyn.Part, bool) {
	if s, ok := structure(v); ok {
		return s.Field(column), true
	}
	return v, column == 0
}

// maxKeys is as maxSorted, for the maps in the rows of a table.
const maxKeys = 1000

// mapKeys gathers the keys of the maps in the rows.
func (b *builder) mapKeys() (names []string, keys []dyn.Part) {
	found := map[string]dyn.Part{}
	for _, m := range b.values {
		for _, e := range m.Entries(maxKeys, b.columns) {
			found[e.Key.String()] = e.Key
		}
	}
	names = slices.Sorted(maps.Keys(found))
	for _, n := range names {
		keys = append(keys, found[n])
	}
	return names, keys
}

func entryOf(m, key dyn.Part) (dyn.Part, bool) {
	v := m.MapIndex(key)
	return v, v.Kind() != reflect.Invalid
}

// longest is the length of the longest list in the rows.
func (b *builder) longest() int {
	n := 0
	for _, v := range b.values {
		n = max(n, v.Len())
	}
	return n
}

func item(list dyn.Part, i int) (dyn.Part, bool) {
	if i >= list.Len() {
		return list, false
	}
	return list.Index(i), true
}

// numbers names the columns of lists.
func numbers(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	return names
}
