package ipclab_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleChart() {
	type trip struct {
		Mechanism string
		Median    time.Duration
	}
	trips := []trip{{"TCP", 14 * time.Microsecond}, {"pipe", 5 * time.Microsecond}}
	fmt.Println(ipclab.NewChart("Round trips").X("median", "µs").BarsOf(trips, "Mechanism", "Median"))
	// Output:
	// Round trips
	// median (µs)
	// pipe  ██████████████ 5
	// TCP   ████████████████████████████████████████ 14
}

func ExampleChart_Histogram() {
	fmt.Println(ipclab.NewChart("Dice").X("points", "").Histogram("", []int{1, 2, 2, 3, 3, 3, 4, 5, 6, 6}))
	// Output:
	// Dice
	// points
	//          1 to 2          █████████████ 1
	//          2 to 3          ███████████████████████████ 2
	//          3 to 4          ████████████████████████████████████████ 3
	//          4 to 5          █████████████ 1
	//          5 to 6          ████████████████████████████████████████ 3
}

// chartRows returns the rows and the axis titles of the specification of a chart.
func chartRows(t *testing.T, c *ipclab.Chart) (rows []map[string]any, x, y string) {
	t.Helper()
	var spec struct {
		Layer []struct {
			Data     struct{ Values []map[string]any }
			Encoding struct{ X, Y struct{ Title string } }
		}
	}
	text, ok := c.MIMEBundle()[mime.VegaLite].(json.RawMessage)
	if !ok {
		t.Fatalf("no specification: %v", c)
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	first := spec.Layer[0]
	return first.Data.Values, first.Encoding.X.Title, first.Encoding.Y.Title
}

func TestChartUnits(t *testing.T) {
	times := []time.Duration{2 * time.Microsecond, 5 * time.Millisecond}
	for name, c := range map[string]struct {
		chart *ipclab.Chart
		title string
		first float64
	}{
		"converted to the unit given": {ipclab.NewChart("").Y("t", "ms").Line("", []int{1, 2}, times), "t (ms)", 0.002},
		"one that suits":              {ipclab.NewChart("").Y("t", "").Line("", []int{1, 2}, times), "t (µs)", 2},
		"numbers stay":                {ipclab.NewChart("").Y("t", "ms").Line("", []int{1, 2}, []float32{7, 8}), "t (ms)", 7},
		"an unknown unit":             {ipclab.NewChart("").Y("t", "ticks").Line("", []int{1, 2}, times), "t (ticks)", 2000},
		"all 0":                       {ipclab.NewChart("").Y("t", "").Line("", []int{1}, []time.Duration{0}), "t", 0},
		"no label":                    {ipclab.NewChart("").Y("", "s").Line("", []int{1}, []uint{3}), "s", 3},
	} {
		rows, _, y := chartRows(t, c.chart)
		if y != c.title || rows[0]["y"] != c.first {
			t.Errorf("%s: axis %q, first %v; want %q, %v", name, y, rows[0], c.title, c.first)
		}
	}
}

func TestChartOfRows(t *testing.T) {
	type trip struct {
		Mechanism string
		Size      int
		Median    time.Duration
		Low, High time.Duration
	}
	a, b, c := &trip{"pipe", 1, 5000, 4000, 6000}, &trip{"TCP", 1, 9000, 8000, 9500}, &trip{"pipe", 64, 6000, 5500, 7000}
	chart := ipclab.NewChart("t").Y("median", "µs").LinesOf([]*trip{a, nil, b, c}, "Size", "Median", "Mechanism", "Low", "High")
	rows, _, y := chartRows(t, chart)
	if got := fmt.Sprint(rows); got != "[map[series:pipe x:1 y:5] map[series:pipe x:64 y:6] map[series:TCP x:1 y:9]]" || y != "median (µs)" {
		t.Errorf("%s, %s", got, y)
	}
	if rows, _, _ := chartRows(t, ipclab.NewChart("t").PointsOf([]trip{*a, *b}, "Size", "Median", "")); rows[1]["series"] != "" {
		t.Errorf("ungrouped: %v", rows)
	}
	for _, err := range []error{chart.Err(), ipclab.NewChart("t").HistogramOf([]trip{}, "any", "any").Err()} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestChartArguments(t *testing.T) {
	type row struct {
		Name string
		N    int
		Any  any
	}
	rows := []row{{"a", 1, nil}}
	fresh := func() *ipclab.Chart { return ipclab.NewChart("") }
	for says, c := range map[string]*ipclab.Chart{
		"Line: the slices have 2 and 1 values":                 fresh().Line("", []int{1, 2}, []int{1}),
		"Line: want a slice of numbers, not a int":             fresh().Line("", 1, 2),
		"Line: want a slice of numbers, not nil":               fresh().Line("", nil, nil),
		"Points: a string is no number":                        fresh().Points("", []string{"a"}, []int{1}),
		"Points: intervals have two ends, 1 are given":         fresh().Points("", []int{1}, []int{1}, []int{1}),
		"Bars: there are 1 names and 2 lengths":                fresh().Bars([]string{"a"}, []int{1, 2}),
		"Bars: intervals have two ends, 3 are given":           fresh().Bars([]string{"a"}, []int{1}, 1, 2, 3),
		"Histogram: want a slice of numbers, not a string":     fresh().Histogram("", "abc"),
		"BarsOf: the rows have no field \"M\"; they have Name": fresh().BarsOf(rows, "M", "N"),
		"BarsOf: field Name: a string is no number":            fresh().BarsOf(rows, "Name", "Name"),
		"BarsOf: field Any: nil is no number":                  fresh().BarsOf(rows, "Name", "Any"),
		"LinesOf: want a slice of structs, not a struct":       fresh().LinesOf(rows[0], "N", "N", ""),
		"PointsOf: intervals have two ends":                    fresh().PointsOf(rows, "N", "N", "", "N"),
		"HistogramOf: the rows have no field \"x\"":            fresh().HistogramOf(rows, "N", "x"),
		"LinesOf: want a slice of structs of one type":         fresh().LinesOf([]any{rows[0], 5}, "N", "N", ""),
	} {
		call, reason, _ := strings.Cut(says, ": ")
		if err := c.Err(); !errors.Is(err, unix.EINVAL) || !strings.Contains(err.Error(), call+": "+strings.TrimSuffix(reason, " struct")) {
			t.Errorf("%s: %v", says, err)
		}
		if b := c.MIMEBundle(); len(b) != 1 || !strings.Contains(b[mime.Plain].(string), call) {
			t.Errorf("%s: shows %v", says, b)
		}
	}
}

func TestChartThatIsNil(t *testing.T) {
	var c *ipclab.Chart
	c = c.X("", "").Y("", "").LogX().LogY().Note("").Line("", nil, nil).Points("", nil, nil).Bars(nil, nil).Histogram("", nil).
		LinesOf(nil, "", "", "").PointsOf(nil, "", "", "").BarsOf(nil, "", "").HistogramOf(nil, "", "")
	if c != nil || c.Err() != nil || c.String() != "There is nothing to draw." || c.MIMEBundle()[mime.Plain] == nil {
		t.Errorf("a nil chart is %v, %v", c, c.Err())
	}
}

func TestChartSaysWhatItLeavesOut(t *testing.T) {
	c := ipclab.NewChart("t").LogX().Histogram("h", []float64{0, 1, 10, math.NaN()}).Note("mine")
	if text := c.String(); !strings.Contains(text, "2 values are not counted") || !strings.HasSuffix(text, "mine") {
		t.Errorf("%s", text)
	}
	if text := ipclab.NewChart("t").Histogram("h", []float64{1, 10, math.NaN()}).String(); !strings.Contains(text, "1 value is not counted: it is not a number") {
		t.Errorf("%s", text)
	}
}
