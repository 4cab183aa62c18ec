package ipclab

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchmath"
	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/record"
	"ipclab/ipclab/mime"
)

// A Comparison says how what was measured twice differs, and whether the difference is more than chance.
type Comparison struct {
	rows  []ComparisonRow
	notes []string
}

// A ComparisonRow compares two samples.
type ComparisonRow struct {
	Metric     string
	Parameters string // of the runs, "size=64"
	Unit       string
	A, B       Summary
	Change     float64 // of the median from A to B: 0.1 is 10 % more
	P          float64 // how likely so great a difference is if both were the same, by the Mann-Whitney U test
	Real       bool    // P is below 0.05
	Enough     bool    // there are enough values to tell
}

// Compare compares a with b: two records of experiments, each metric with the same parameters and unit with the other's;
// or two samples, lists of times, or lists of numbers. Medians are given with their confidence intervals of 95 %, and
// whether they differ by more than chance is decided by the Mann-Whitney U test at 5 %, as benchstat does. It assumes no
// distribution, but that the values are independent: better one value of each of many runs than many values of one.
//
// Errors: EINVAL if the two are not of the same kind or have nothing in common.
func Compare(a, b any) (*Comparison, error) {
	before, ok1 := a.(*Record)
	after, ok2 := b.(*Record)
	if ok1 && ok2 && before != nil && after != nil {
		return compareRecords(before, after)
	}
	x, err := sampleOf(a)
	if err != nil {
		return nil, err
	}
	y, err := sampleOf(b)
	if err != nil {
		return nil, err
	}
	if x.Unit != y.Unit {
		return nil, &Error{Call: "Compare", Err: because(unix.EINVAL, "one is in %q, the other in %q", x.Unit, y.Unit)}
	}
	if len(x.Values) == 0 || len(y.Values) == 0 {
		return nil, &Error{Call: "Compare", Err: because(unix.EINVAL, "there is nothing to compare: one has %d values, the other %d", len(x.Values), len(y.Values))}
	}
	c := &Comparison{}
	name := x.Name
	if y.Name != x.Name {
		name = strings.Trim(x.Name+", "+y.Name, ", ")
	}
	c.add(name, "", x, y)
	return c, nil
}

// sampleOf makes a sample of what may be compared.
func sampleOf(v any) (Sample, error) {
	switch v := v.(type) {
	case Sample:
		return v, nil
	case []time.Duration:
		return SampleOf("", v...), nil
	case []float64:
		return Sample{Values: finite(v)}, nil
	case []int:
		s := Sample{}
		for _, n := range v {
			s.Values = append(s.Values, float64(n))
		}
		return s, nil
	}
	return Sample{}, &Error{Call: "Compare", Err: because(unix.EINVAL, "a %T cannot be compared; want two records, samples or lists of times or numbers", v)}
}

func compareRecords(a, b *Record) (*Comparison, error) {
	c := &Comparison{}
	theirs := b.groups()
	for _, x := range a.groups() {
		for _, y := range theirs {
			if x.sample.Name == y.sample.Name && x.sample.Unit == y.sample.Unit && record.Key(x.parameters) == record.Key(y.parameters) {
				text := ""
				if len(x.parameters) > 0 {
					text = parametersText(x.parameters)
				}
				c.add(x.sample.Name, text, x.sample, y.sample)
			}
		}
	}
	if len(c.rows) == 0 {
		return nil, &Error{Call: "Compare", Err: because(unix.EINVAL, "no metric was measured in both with the same parameters")}
	}
	if !slices.Equal(a.machines(), b.machines()) {
		c.notes = append(c.notes, "A and B were measured on different machines or versions: see machines in their files.")
	}
	return c, nil
}

// machines is what the record's runs were made on, as text.
func (r *Record) machines() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.file.Machines {
		list = append(list, fmt.Sprint(m))
	}
	return list
}

// add compares two samples that are not empty.
func (c *Comparison) add(metric, parameters string, a, b Sample) {
	row := ComparisonRow{Metric: metric, Parameters: parameters, Unit: a.Unit, A: a.Summary(), B: b.Summary()}
	if row.A.N == 0 || row.B.N == 0 {
		return
	}
	test := benchmath.AssumeNothing.Compare(a.sample(), b.sample())
	row.P, row.Enough = test.P, len(test.Warnings) == 0
	row.Real = row.Enough && test.P < test.Alpha
	if row.A.Median != 0 {
		row.Change = row.B.Median/row.A.Median - 1
	} else {
		row.Change = math.NaN()
	}
	for _, w := range test.Warnings {
		if note := "The test says: " + w.Error() + "."; !slices.Contains(c.notes, note) {
			c.notes = append(c.notes, note)
		}
	}
	c.rows = append(c.rows, row)
}

// Rows returns the comparisons.
func (c *Comparison) Rows() []ComparisonRow { return slices.Clone(c.rows) }

// Verdict says in words what a row tells.
func (r ComparisonRow) Verdict() string {
	switch {
	case !r.Enough:
		return "too few values to tell, or all equal"
	case !r.Real:
		return "no difference beyond chance"
	case math.IsNaN(r.Change) || r.B.Median == r.A.Median: // the medians do not say how
		return "they differ"
	case r.B.Median < r.A.Median: // below 0 the change has the other sign
		return fmt.Sprintf("B is %.1f %% less", 100*math.Abs(r.Change))
	}
	return fmt.Sprintf("B is %.1f %% more", 100*math.Abs(r.Change))
}

// Table returns the comparison as a table.
func (c *Comparison) Table() *Table {
	t := NewTable("metric", "parameters", "A: median", "95 % interval", "values", "B: median", "95 % interval", "values", "p", "")
	for _, r := range c.rows {
		t.Row(r.Metric, r.Parameters, quantityText(r.A.Median, r.Unit), r.A.interval(r.Unit), r.A.N,
			quantityText(r.B.Median, r.Unit), r.B.interval(r.Unit), r.B.N, pText(r.P), r.Verdict())
	}
	for _, note := range c.notes {
		t.Note(note)
	}
	return t
}

func pText(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// String returns the table as text.
func (c *Comparison) String() string { return c.Table().String() }

// MIMEBundle returns the table in all its representations.
func (c *Comparison) MIMEBundle() mime.Bundle { return c.Table().MIMEBundle() }
