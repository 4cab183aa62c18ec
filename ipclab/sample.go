package ipclab

import (
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/perf/benchmath"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/internal/record"
	"ipclab/ipclab/mime"
)

// A Sample is values of one thing that was measured again and again.
type Sample struct {
	Name   string // what was measured
	Unit   string // "ns" for times
	Values []float64
}

// A Summary says what a sample tells about the median of all that might have been measured.
type Summary struct {
	N         int     // values
	Median    float64 // of the sample
	Low, High float64 // the confidence interval of the median, at 95 % or more; infinite if there are too few values for one
}

// Summary returns the median with its confidence interval, by order statistics: no distribution is assumed. Fewer than 6
// values allow no interval at 95 %. All are 0 for an empty sample.
func (s Sample) Summary() Summary {
	m := bench.MedianOf(s.Values)
	return Summary{N: len(s.Values), Median: m.Median, Low: m.Low, High: m.High}
}

func (s Sample) sample() *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(s.Values), &benchmath.DefaultThresholds)
}

// Sample returns the values of a metric, in all runs that have the given parameters among theirs; nil means all runs.
func (r *Record) Sample(metric string, parameters Parameters) Sample {
	s := Sample{Name: metric}
	set, err := settings(parameters)
	if err != nil {
		return s
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.file.Runs {
		if !within(set, run.Parameters) {
			continue
		}
		for _, v := range run.Values {
			if v.Metric == metric {
				s.Unit = v.Unit
				s.Values = append(s.Values, v.Values...)
			}
		}
	}
	return s
}

// within reports whether all of set is in parameters.
func within(set, parameters map[string]any) bool {
	for name, value := range set {
		if parameters[name] != value {
			return false
		}
	}
	return true
}

// A group is the values of one metric, with the same parameters.
type group struct {
	parameters map[string]any
	sample     Sample
}

// groups returns the samples of a record, in the order in which they were first measured.
func (r *Record) groups() (list []group) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := map[string]int{}
	for _, run := range r.file.Runs {
		for _, v := range run.Values {
			key := record.Key(run.Parameters) + "\x00" + v.Metric + "\x00" + v.Unit
			i, ok := at[key]
			if !ok {
				i = len(list)
				at[key] = i
				list = append(list, group{run.Parameters, Sample{Name: v.Metric, Unit: v.Unit}})
			}
			list[i].sample.Values = append(list[i].sample.Values, v.Values...)
		}
	}
	return list
}

// Table returns a row for each metric of each combination of parameters: how many values, their median, and its
// confidence interval.
func (r *Record) Table() *Table {
	r.mu.Lock()
	names, title, notes, machines := r.file.Parameters(), r.file.Name, slices.Clone(r.file.Notes), slices.Clone(r.file.Machines)
	r.mu.Unlock()
	table := NewTable(append(slices.Clone(names), "metric", "values", "median", "95 % interval of it")...).Caption(title)
	for _, g := range r.groups() {
		var row []any
		for _, name := range names {
			row = append(row, g.parameters[name])
		}
		s := g.sample.Summary()
		table.Row(append(row, g.sample.Name, s.N, quantityText(s.Median, g.sample.Unit), s.interval(g.sample.Unit))...)
	}
	for _, note := range notes {
		table.Note(note)
	}
	for _, m := range machines {
		table.Note(fmt.Sprintf("Measured on %s, %d CPUs, %s %s, %s.", m.CPU, m.CPUs, m.System, m.Architecture, m.Go))
	}
	return table
}

// interval is the interval as text.
func (s Summary) interval(unit string) string {
	if s.N == 0 || math.IsInf(s.Low, 0) || math.IsInf(s.High, 0) {
		return "too few values"
	}
	return quantityText(s.Low, unit) + " to " + quantityText(s.High, unit)
}

// quantityText returns a value with its unit, to four digits.
func quantityText(value float64, unit string) string {
	if unit == "ns" {
		for _, u := range []struct {
			name string
			size float64
		}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
			if math.Abs(value) >= u.size {
				return fmt.Sprintf("%.4g %s", value/u.size, u.name)
			}
		}
	}
	text := fmt.Sprintf("%.4g", value)
	if math.Abs(value) >= 1e4 && math.Abs(value) < 1e15 {
		text = fmt.Sprintf("%.0f", value)
	}
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// SampleOf returns a sample of times.
func SampleOf(name string, times ...time.Duration) Sample {
	s := Sample{Name: name, Unit: "ns"}
	for _, d := range times {
		s.Values = append(s.Values, float64(d))
	}
	return s
}

// String returns the median with its interval as text.
func (s Sample) String() string {
	m := s.Summary()
	return fmt.Sprintf("%s: median %s (%s) of %d values", s.Name, quantityText(m.Median, s.Unit), m.interval(s.Unit), m.N)
}

// MIMEBundle returns the text.
func (s Sample) MIMEBundle() mime.Bundle { return mime.Bundle{mime.Plain: s.String()} }
