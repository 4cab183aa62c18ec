package ipclab

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"ipclab/ipclab/internal/record"
)

// A Run is one run of an experiment, while it goes on. It is for one goroutine at a time.
type Run struct {
	kept record.Run
}

// Parameter returns a parameter of the run, nil if there is none of the name.
func (r *Run) Parameter(name string) any { return r.kept.Parameters[name] }

// Int returns a parameter that is a whole number, 0 if it is something else.
func (r *Run) Int(name string) int {
	n, _ := r.kept.Parameters[name].(int)
	return n
}

// Float returns a parameter that is a number, 0 if it is something else.
func (r *Run) Float(name string) float64 {
	switch v := r.kept.Parameters[name].(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// Text returns a parameter as text, "" if there is none of the name. A time.Duration is its text: "10ms".
func (r *Run) Text(name string) string {
	if v, ok := r.kept.Parameters[name]; ok {
		return fmt.Sprint(v)
	}
	return ""
}

// Repetition counts the runs with the same parameters, from 0.
func (r *Run) Repetition() int { return r.kept.Repetition }

// Measure keeps values of a metric, in a unit: "MB/s", "" for a count. What is not a finite number is left out.
func (r *Run) Measure(metric, unit string, values ...float64) {
	for i := range r.kept.Values {
		if v := &r.kept.Values[i]; v.Metric == metric && v.Unit == unit {
			v.Values = append(v.Values, finite(values)...)
			return
		}
	}
	r.kept.Values = append(r.kept.Values, record.Values{Metric: metric, Unit: unit, Values: finite(values)})
}

func finite(values []float64) []float64 {
	kept := []float64{}
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			kept = append(kept, v)
		}
	}
	return kept
}

// Time keeps times of a metric.
func (r *Run) Time(metric string, times ...time.Duration) {
	values := make([]float64, len(times))
	for i, d := range times {
		values[i] = float64(d)
	}
	r.Measure(metric, "ns", values...)
}

// Latency keeps the percentiles 50, 90, 99 and 99.9 of a measurement, and the longest time, a value each: "p50".
func (r *Run) Latency(l *Latency) {
	for _, p := range []struct {
		name string
		at   float64
	}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}} {
		r.Time(p.name, l.Percentile(p.at))
	}
	for _, note := range l.notes {
		r.Note(note)
	}
}

// Table keeps a table. Durations in it are kept in ns.
func (r *Run) Table(name string, t *Table) {
	kept := record.Table{Name: name, Columns: append([]string{}, t.columns...), Units: append([]string{}, t.units...), Rows: [][]any{}}
	for _, row := range t.rows {
		var values []any
		for _, v := range row {
			values = append(values, keepable(v))
		}
		kept.Rows = append(kept.Rows, values)
	}
	r.kept.Tables = append(r.kept.Tables, kept)
}

// keepable is what JSON can keep of a value.
func keepable(v any) any {
	switch x := v.(type) {
	case nil, string, bool:
		return x
	case time.Duration:
		return int64(x)
	case fmt.Stringer:
		return x.String()
	case float64:
		if len(finite([]float64{x})) == 0 {
			return fmt.Sprint(x)
		}
		return x
	}
	switch reflect.ValueOf(v).Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32:
		return plainNumber(v)
	}
	return fmt.Sprint(v)
}

// plainNumber makes a number of any type an int, if it is a whole one that fits, or a float64.
func plainNumber(v any) any {
	x := reflect.ValueOf(v)
	switch {
	case x.CanInt():
		return int(x.Int())
	case x.CanUint() && x.Uint() <= math.MaxInt:
		return int(x.Uint())
	case x.CanUint():
		return float64(x.Uint())
	}
	return x.Float()
}

// Note keeps a text.
func (r *Run) Note(text string) { r.kept.Notes = append(r.kept.Notes, text) }
