package ipclab

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"ipclab/ipclab/internal/render"
)

// A column is one column of a table, to be formatted as a whole so that its numbers line up.
type column struct {
	index  int
	name   string
	unit   string
	values []any
}

// heading returns the name with the unit.
func (c column) heading() string {
	if c.unit == "" {
		return render.Clean(c.name)
	}
	return render.Clean(c.name + " (" + c.unit + ")")
}

// format returns the cells as text and whether they are numbers. A column is numeric if every value in it is a number,
// a duration or nil, and there is at least one that is not nil.
func (c column) format() (cells []string, numeric bool) {
	cells = make([]string, len(c.values))
	numbers := make([]number, len(c.values))
	for i, v := range c.values {
		n, ok := c.number(v)
		if v != nil && !ok {
			return c.texts(), false
		}
		numbers[i] = n
		numeric = numeric || ok
	}
	places, even := decimals(numbers)
	for i, n := range numbers {
		if !even {
			places, _ = decimals(numbers[i : i+1])
		}
		cells[i] = n.text(places)
	}
	return cells, numeric
}

// texts formats values that are not all numbers.
func (c column) texts() []string {
	cells := make([]string, len(c.values))
	for i, v := range c.values {
		if n, ok := c.number(v); ok {
			places, _ := decimals([]number{n})
			cells[i] = n.text(places)
		} else if v != nil {
			cells[i] = render.Clean(fmt.Sprint(v))
		}
	}
	return cells
}

// A number is a value that lines up with others: exact text, or a float still to be rounded.
type number struct {
	exact   string
	float   float64
	rounded bool
}

// number converts a value of a numeric kind. Types with a String method of their own are text, except durations.
func (c column) number(v any) (number, bool) {
	if d, ok := v.(time.Duration); ok {
		unit, known := durationUnits[c.unit]
		if !known {
			return number{}, false
		}
		return number{float: float64(d) / float64(unit), rounded: true}, true
	}
	if _, ok := v.(fmt.Stringer); ok {
		return number{}, false
	}
	switch r := reflect.ValueOf(v); {
	case !r.IsValid():
		return number{}, false
	case r.CanInt():
		return number{exact: strconv.FormatInt(r.Int(), 10)}, true
	case r.CanUint():
		return number{exact: strconv.FormatUint(r.Uint(), 10)}, true
	case r.CanFloat():
		return number{float: r.Float(), rounded: true}, true
	}
	return number{}, false
}

// durationUnits are the units to which durations are converted.
var durationUnits = map[string]time.Duration{
	"ns": time.Nanosecond, "µs": time.Microsecond, "μs": time.Microsecond, "us": time.Microsecond,
	"ms": time.Millisecond, "s": time.Second,
}

// withUnit returns c with a unit that suits the smallest duration in it, if it has none and holds durations only.
func (c column) withUnit() column {
	least := time.Duration(math.MaxInt64)
	for _, v := range c.values {
		d, ok := v.(time.Duration)
		if c.unit != "" || v != nil && !ok {
			return c
		}
		if ok && d != 0 {
			least = min(least, d.Abs())
		}
	}
	switch {
	case least == math.MaxInt64:
	case least >= time.Second:
		c.unit = "s"
	case least >= time.Millisecond:
		c.unit = "ms"
	case least >= time.Microsecond:
		c.unit = "µs"
	default:
		c.unit = "ns"
	}
	return c
}

// text formats n; the zero number is an empty cell.
func (n number) text(decimals int) string {
	switch {
	case !n.rounded:
		return n.exact
	case n.float != 0 && (math.Abs(n.float) >= 1e15 || math.Abs(n.float) < 1e-9):
		return strconv.FormatFloat(n.float, 'g', 4, 64)
	}
	return strconv.FormatFloat(n.float, 'f', decimals, 64)
}

// decimals chooses the number of decimals for floats of one column: three significant digits for the smallest value, and
// none that would be 0 in all of them. Even is false if that would be more than seven digits for the largest, which no
// measurement has: then each value has its own number of decimals.
func decimals(numbers []number) (places int, even bool) {
	least, most, exact := math.Inf(1), 0.0, 0
	for _, n := range numbers {
		f := math.Abs(n.float)
		if !n.rounded || f < 1e-9 || math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		least, most = min(least, f), max(most, f)
		_, fraction, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
		exact = max(exact, len(fraction))
	}
	if most == 0 {
		return 0, true
	}
	places = max(0, min(2-int(math.Floor(math.Log10(least))), exact))
	room := max(0, 6-int(math.Floor(math.Log10(most))))
	return min(places, room), places <= room
}
