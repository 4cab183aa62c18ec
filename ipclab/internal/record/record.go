// Package record is the file of an experiment: its schema, and how it is read and written so that nothing is lost.
//
// The schema is this, in JSON; what a later version adds is ignored by earlier ones, and what is there keeps its meaning.
//
//	schema      "ipclab/experiment/1"
//	name        of the experiment
//	created     time of the first run, RFC 3339
//	notes       list of texts
//	machines    list of machines, see package machine
//	runs        list of runs, in the order in which they ended:
//	  started     RFC 3339
//	  seconds     how long it took
//	  machine     index in machines
//	  repetition  0, 1, …: of runs with the same parameters
//	  parameters  object: names to numbers, strings and booleans
//	  values      list of {metric, unit, values: list of numbers}; durations are in ns
//	  tables      list of {name, columns, units, rows}
//	  notes       list of texts
//
// The CSV file beside it has a line for each value: run, started, repetition, the parameters, metric, unit, value.
package record

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"ipclab/ipclab/machine"
)

// Schema is the version of the schema that is written.
const Schema = "ipclab/experiment/1"

// A File is all that is kept of an experiment.
type File struct {
	Schema   string          `json:"schema"`
	Name     string          `json:"name"`
	Created  time.Time       `json:"created"`
	Notes    []string        `json:"notes"`
	Machines []machine.Facts `json:"machines"`
	Runs     []Run           `json:"runs"`
}

// A Run is one run of an experiment.
type Run struct {
	Started    time.Time      `json:"started"`
	Seconds    float64        `json:"seconds"`
	Machine    int            `json:"machine"`
	Repetition int            `json:"repetition"`
	Parameters map[string]any `json:"parameters"`
	Values     []Values       `json:"values"`
	Tables     []Table        `json:"tables"`
	Notes      []string       `json:"notes"`
}

// Values are what was measured of one metric.
type Values struct {
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"`
	Values Numbers `json:"values"`
}

// Numbers are what was measured, all of them finite.
type Numbers []float64

// UnmarshalJSON reads a list of numbers. Other programs write null for what is not a number, which package json takes for 0.
func (n *Numbers) UnmarshalJSON(text []byte) error {
	var list []*float64
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	*n = make(Numbers, len(list))
	for i, v := range list {
		if v == nil {
			return fmt.Errorf("value %d of %d is null, not a number", i+1, len(list))
		}
		(*n)[i] = *v
	}
	return nil
}

// A Table is a table that a run has made.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Units   []string `json:"units"`
	Rows    [][]any  `json:"rows"`
}

// Parse reads a file. Numbers stay what they were: integers come back as such.
func Parse(text []byte) (*File, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var f File
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("it is no record of an experiment, or a damaged one: %w", err)
	}
	end := d.InputOffset()
	if _, err := d.Token(); err != io.EOF { // it would be gone when the record is written again
		return nil, fmt.Errorf("there is something behind the record, from byte %d on", end)
	}
	if f.Schema != Schema {
		return nil, fmt.Errorf("its schema is %q, not %q", f.Schema, Schema)
	}
	for i, r := range f.Runs {
		if r.Machine < 0 || r.Machine >= len(f.Machines) {
			return nil, fmt.Errorf("run %d is of machine %d of %d", i+1, r.Machine, len(f.Machines))
		}
		for name, value := range r.Parameters {
			r.Parameters[name] = plain(value)
		}
	}
	return &f, nil
}

// plain turns a number as it is written into an int or a float64.
func plain(v any) any {
	n, ok := v.(json.Number)
	if !ok {
		return v
	}
	if i, err := strconv.Atoi(n.String()); err == nil {
		return i
	}
	f, _ := n.Float64()
	return f
}

// Text returns the file as it is kept.
func (f *File) Text() ([]byte, error) {
	text, err := json.MarshalIndent(f, "", " ")
	return append(text, '\n'), err
}

// Key is what tells the parameters of two runs apart.
func Key(parameters map[string]any) string {
	text, err := json.Marshal(parameters) // in the order of the names
	if err != nil {
		return fmt.Sprint(parameters)
	}
	return string(text)
}

// Parameters are the names of all runs' parameters, in order.
func (f *File) Parameters() (names []string) {
	for _, r := range f.Runs {
		for name := range r.Parameters {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// CSV writes a line for each value.
func (f *File) CSV(to io.Writer) error {
	names := f.Parameters()
	w := csv.NewWriter(to)
	header := append([]string{"run", "started", "repetition"}, names...)
	_ = w.Write(append(header, "metric", "unit", "value"))
	for i, r := range f.Runs {
		line := []string{strconv.Itoa(i + 1), r.Started.Format(time.RFC3339), strconv.Itoa(r.Repetition)}
		for _, name := range names {
			line = append(line, parameterText(r.Parameters[name]))
		}
		for _, v := range r.Values {
			for _, value := range v.Values {
				_ = w.Write(append(slices.Clone(line), v.Metric, v.Unit, strconv.FormatFloat(value, 'g', -1, 64)))
			}
		}
	}
	w.Flush()
	return w.Error()
}

func parameterText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
