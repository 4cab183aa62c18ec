package ipclab

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"ipclab/ipclab/internal/chart"
)

// LinesOf adds lines through points that are rows of a slice of structs, or of pointers to such: x and y name the fields of
// the coordinates, by the field whose value tells one line from another; "" makes one line of all. The names of two fields
// more are those of the ends of intervals of y.
func (c *Chart) LinesOf(rows any, x, y, by string, interval ...string) *Chart {
	return c.pairsOf("LinesOf", chart.Line, rows, x, y, by, interval)
}

// PointsOf is LinesOf for points alone.
func (c *Chart) PointsOf(rows any, x, y, by string, interval ...string) *Chart {
	return c.pairsOf("PointsOf", chart.Dots, rows, x, y, by, interval)
}

// BarsOf adds a horizontal bar for each row of a slice of structs, or of pointers to such: name and length name the fields.
// The names of two fields more are those of the ends of intervals.
func (c *Chart) BarsOf(rows any, name, length string, interval ...string) *Chart {
	if c == nil {
		return c
	}
	r, err := rowsOf(rows)
	if err != nil {
		return c.refuse("BarsOf", "%v", err)
	}
	names, err := r.texts(name)
	if err != nil {
		return c.refuse("BarsOf", "%v", err)
	}
	if err := bothEnds(interval); err != nil {
		return c.refuse("BarsOf", "%v", err)
	}
	columns, err := r.columns(append([]string{length}, interval...))
	if err != nil {
		return c.refuse("BarsOf", "%v", err)
	}
	return c.addBars(names, columns)
}

// HistogramOf adds histograms of a field of the rows, one for each value of the field by; "" makes one of all.
func (c *Chart) HistogramOf(rows any, value, by string) *Chart {
	if c == nil {
		return c
	}
	columns, groups, err := tidy(rows, by, []string{value})
	if err != nil {
		return c.refuse("HistogramOf", "%v", err)
	}
	for _, g := range groups {
		c.addHistogram(g.name, columns[0].at(g.rows))
	}
	return c
}

func (c *Chart) pairsOf(call string, mark chart.Mark, rows any, x, y, by string, interval []string) *Chart {
	if c == nil {
		return c
	}
	if err := bothEnds(interval); err != nil {
		return c.refuse(call, "%v", err)
	}
	columns, groups, err := tidy(rows, by, append([]string{x, y}, interval...))
	if err != nil {
		return c.refuse(call, "%v", err)
	}
	for _, g := range groups {
		var part []numbers
		for _, column := range columns {
			part = append(part, column.at(g.rows))
		}
		c.addPairs(g.name, mark, part)
	}
	return c
}

// A rowGroup is the rows that have one value in a field.
type rowGroup struct {
	name string
	rows []int
}

// tidy takes columns out of rows, and groups the rows by a field.
func tidy(rows any, by string, fields []string) ([]numbers, []rowGroup, error) {
	r, err := rowsOf(rows)
	if err != nil {
		return nil, nil, err
	}
	columns, err := r.columns(fields)
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, len(r.list))
	if by != "" {
		if names, err = r.texts(by); err != nil {
			return nil, nil, err
		}
	}
	var groups []rowGroup
	for i, name := range names {
		k := slices.IndexFunc(groups, func(g rowGroup) bool { return g.name == name })
		if k < 0 {
			k = len(groups)
			groups = append(groups, rowGroup{name: name})
		}
		groups[k].rows = append(groups[k].rows, i)
	}
	return columns, groups, nil
}

// structs are rows, all of one type of struct.
type structs struct {
	of   reflect.Type
	list []reflect.Value
}

// rowsOf takes a slice of structs apart. Pointers that are nil are passed over.
func rowsOf(rows any) (structs, error) {
	v, err := sliceOf(rows, "structs")
	if err != nil {
		return structs{}, err
	}
	var r structs
	for i := range v.Len() {
		row := inside(v.Index(i))
		for row.Kind() == reflect.Pointer {
			row = inside(row.Elem()) // invalid for nil
		}
		switch {
		case !row.IsValid():
			continue
		case row.Kind() != reflect.Struct || r.of != nil && row.Type() != r.of:
			return structs{}, fmt.Errorf("want a slice of structs of one type; there is a %s in it", row.Kind())
		}
		r.of = row.Type()
		r.list = append(r.list, row)
	}
	return r, nil
}

// field finds a field by its name. The interpreter puts an X before names that are not exported.
func (r structs) field(name string) (int, error) {
	if r.of == nil {
		return 0, nil // there are no rows
	}
	var names []string
	for i := range r.of.NumField() {
		f := r.of.Field(i)
		if f.Name == name || cellName(f.Name) == name {
			return i, nil
		}
		names = append(names, cellName(f.Name))
	}
	return 0, fmt.Errorf("the rows have no field %q; they have %s", name, strings.Join(names, ", "))
}

// cellName is the name of a field as a cell has it.
func cellName(name string) string {
	if rest, ok := strings.CutPrefix(name, "X"); ok && rest != "" && !token.IsExported(rest) {
		return rest
	}
	return name
}

// columns returns fields that are numbers.
func (r structs) columns(fields []string) ([]numbers, error) {
	columns := make([]numbers, len(fields))
	for k, name := range fields {
		i, err := r.field(name)
		if err != nil {
			return nil, err
		}
		for _, row := range r.list {
			if err := columns[k].add(row.Field(i)); err != nil {
				return nil, fmt.Errorf("field %s: %w", name, err)
			}
		}
	}
	return columns, nil
}

// texts returns a field as text.
func (r structs) texts(name string) ([]string, error) {
	i, err := r.field(name)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(r.list))
	for k, row := range r.list {
		list[k] = textOf(row.Field(i))
	}
	return list, nil
}

// textOf is what fmt prints; of a field that is not exported, what it prints of the value alone.
func textOf(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return v.String()
	}
	return fmt.Sprint(v)
}
