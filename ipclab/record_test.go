package ipclab_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// begin begins an experiment in a folder of the test.
func begin(t *testing.T) *ipclab.Record {
	t.Helper()
	return openRecord(t, filepath.Join(t.TempDir(), "trial"))
}

func openRecord(t *testing.T, path string) *ipclab.Record {
	t.Helper()
	r, err := ipclab.Experiment(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// again opens the same experiment anew.
func again(t *testing.T, r *ipclab.Record) *ipclab.Record {
	t.Helper()
	return openRecord(t, strings.TrimSuffix(r.Path(), ".json"))
}

func ExampleRecord_Sweep() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	e, err := ipclab.Experiment(folder + "/squares")
	if err != nil {
		fmt.Println(err)
		return
	}
	square := func(run *ipclab.Run) error {
		n := run.Int("n")
		run.Measure("square", "", float64(n*n))
		return nil
	}
	fmt.Println(e.Sweep(ipclab.Space{"n": {2, 3}}, 2, square), e.Runs())
	// What is kept already is not measured again.
	fmt.Println(e.Sweep(ipclab.Space{"n": {2, 3, 4}}, 2, square), e.Runs())
	fmt.Println(e.Sample("square", ipclab.Parameters{"n": 3}).Values)
	// Output:
	// <nil> 4
	// <nil> 6
	// [9 9]
}

func ExampleCompare() {
	before := []time.Duration{510, 502, 498, 507, 505, 511}
	after := []time.Duration{402, 399, 405, 398, 401, 407}
	c, err := ipclab.Compare(before, after)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Rows()[0].Verdict())
	// Output: B is 20.7 % less
}

func TestRunIsKept(t *testing.T) {
	e := begin(t)
	table := ipclab.NewTable("a", "b").Units("", "µs").Row("x", 3*time.Microsecond)
	err := e.Run(ipclab.Parameters{"size": 64, "part": 0.5, "kind": "pipe", "pinned": true, "limit": time.Second}, func(run *ipclab.Run) error {
		run.Time("trip", 5*time.Microsecond, 6*time.Microsecond)
		run.Measure("rate", "MB/s", 1.5)
		run.Time("trip", 7*time.Microsecond)
		run.Table("t", table)
		run.Note("quiet")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Note("by day"); err != nil {
		t.Fatal(err)
	}
	e = again(t, e)
	if e.Runs() != 1 {
		t.Errorf("%d runs", e.Runs())
	}
	for _, set := range []ipclab.Parameters{nil, {"size": 64}, {"part": 0.5, "kind": "pipe"}, {"pinned": true}, {"limit": time.Second}} {
		if s := e.Sample("trip", set); !slices.Equal(s.Values, []float64{5000, 6000, 7000}) || s.Unit != "ns" {
			t.Errorf("%v: %v", set, s)
		}
	}
	if s := e.Sample("trip", ipclab.Parameters{"size": 65}); len(s.Values) != 0 {
		t.Errorf("of another size: %v", s)
	}
	if text := e.String(); !strings.Contains(text, "by day") || !strings.Contains(text, "6 µs") {
		t.Errorf("%s", text)
	}
}

func TestFilesAreAsDocumented(t *testing.T) {
	e := begin(t)
	if err := e.Run(ipclab.Parameters{"n": 1}, func(run *ipclab.Run) error { run.Measure("m", "u", 1.5, 2); return nil }); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(e.Path())
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Schema, Name string
		Created      time.Time
		Machines     []struct{ System, Architecture, CPU, Go, Ipclab string }
		Runs         []struct {
			Started    time.Time
			Seconds    *float64
			Machine    *int
			Repetition *int
			Parameters map[string]any
			Values     []struct {
				Metric, Unit string
				Values       []float64
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if file.Schema != "ipclab/experiment/1" || file.Name != "trial" || time.Since(file.Created) > time.Minute || len(file.Machines) != 1 ||
		file.Machines[0].System == "" || len(file.Runs) != 1 || file.Runs[0].Seconds == nil || file.Runs[0].Machine == nil || file.Runs[0].Repetition == nil ||
		file.Runs[0].Parameters["n"] != 1.0 || !slices.Equal(file.Runs[0].Values[0].Values, []float64{1.5, 2}) {
		t.Errorf("%s", text)
	}
	values, err := os.Open(strings.TrimSuffix(e.Path(), "json") + "csv")
	if err != nil {
		t.Fatal(err)
	}
	defer values.Close()
	lines, err := csv.NewReader(values).ReadAll()
	if err != nil || len(lines) != 3 || strings.Join(lines[0], " ") != "run started repetition n metric unit value" || strings.Join(lines[2][3:], " ") != "1 m u 2" {
		t.Errorf("%v, %v", lines, err)
	}
}

func TestSweepGoesOnWhereItWas(t *testing.T) {
	e := begin(t)
	var order []string
	space := ipclab.Space{"b": {1, 2}, "a": {"x", "y"}}
	stop := errors.New("enough")
	run := func(run *ipclab.Run) error {
		if len(order) == 3 {
			return stop
		}
		order = append(order, fmt.Sprintf("%s%d%d", run.Text("a"), run.Int("b"), run.Repetition()))
		run.Measure("m", "", 1)
		return nil
	}
	if err := e.Sweep(space, 2, run); !errors.Is(err, stop) || !strings.Contains(err.Error(), "a=y b=2") {
		t.Errorf("returned %v", err)
	}
	if want := []string{"x10", "x20", "y10"}; !slices.Equal(order, want) || e.Runs() != 3 {
		t.Errorf("%v ran, %d kept", order, e.Runs())
	}
	order = nil
	e = again(t, e)
	if err := e.Sweep(space, 1, run); err != nil || !slices.Equal(order, []string{"y20"}) {
		t.Errorf("then %v, %v", order, err)
	}
}

func TestPanickingRunIsNotKept(t *testing.T) {
	e := begin(t)
	func() {
		defer func() { recover() }()
		_ = e.Run(nil, func(*ipclab.Run) error { panic("as asked") })
	}()
	if e.Runs() != 0 {
		t.Errorf("%d runs are kept", e.Runs())
	}
	if err := e.Run(nil, func(*ipclab.Run) error { return nil }); err != nil || e.Runs() != 1 {
		t.Errorf("%v, %d runs", err, e.Runs())
	}
}

func TestRecordErrors(t *testing.T) {
	folder := t.TempDir()
	other := filepath.Join(folder, "other")
	if err := os.WriteFile(other+".json", []byte(`{"cells": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	e := begin(t)
	second := again(t, e)
	if err := second.Note("written first"); err != nil {
		t.Fatal(err)
	}
	fine := func(*ipclab.Run) error { return nil }
	for name, c := range map[string]struct {
		err  error
		want unix.Errno
		says string
	}{
		"no name":              {last(ipclab.Experiment("")), unix.EINVAL, "without ending"},
		"a folder":             {last(ipclab.Experiment(folder + "/")), unix.EINVAL, "without ending"},
		"no such folder":       {last(ipclab.Experiment(folder + "/none/x")), unix.ENOENT, "none"},
		"another file":         {last(ipclab.Experiment(other)), unix.EEXIST, "choose another name"},
		"written by another":   {e.Note("mine"), unix.EBUSY, "open the experiment again"},
		"a parameter":          {e.Run(ipclab.Parameters{"x": []int{1}}, fine), unix.EINVAL, "[]int cannot be kept"},
		"no number":            {e.Run(ipclab.Parameters{"x": math.NaN()}, fine), unix.EINVAL, `parameter "x": NaN cannot be kept`},
		"no function":          {e.Run(nil, nil), unix.EINVAL, "no function"},
		"no repetitions":       {e.Sweep(ipclab.Space{}, 0, fine), unix.EINVAL, "1 or more"},
		"no values":            {e.Sweep(ipclab.Space{"x": {}}, 1, fine), unix.EINVAL, `"x" has no values`},
		"far too many runs":    {e.Sweep(ipclab.Space{"x": {1, 2}}, math.MaxInt, fine), unix.EINVAL, "more than"},
		"too many repetitions": {e.Sweep(ipclab.Space{}, math.MaxInt, fine), unix.EINVAL, "more than"},
		"too many runs":        {e.Sweep(ipclab.Space{"x": {1, 2}}, 1e6, fine), unix.EINVAL, "more than"},
		"things of two kinds":  {last(ipclab.Compare(e, []float64{1})), unix.EINVAL, "cannot be compared"},
		"two units":            {last(ipclab.Compare([]time.Duration{1}, []float64{1})), unix.EINVAL, "the other"},
		"nothing":              {last(ipclab.Compare([]int{}, []int{1})), unix.EINVAL, "nothing to compare"},
		"records without runs": {last(ipclab.Compare(e, second)), unix.EINVAL, "no metric"},
	} {
		if !errors.Is(c.err, c.want) || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func TestCompareRecords(t *testing.T) {
	before, after := begin(t), begin(t)
	for i := range 8 {
		measure := func(e *ipclab.Record, kind string, value float64) {
			err := e.Run(ipclab.Parameters{"kind": kind}, func(run *ipclab.Run) error {
				run.Measure("time", "ns", value+float64(i))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		measure(before, "faster", 1000)
		measure(after, "faster", 500)
		measure(before, "same", 1000)
		measure(after, "same", 1000)
		measure(before, "gone", 1)
	}
	c, err := ipclab.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	rows := c.Rows()
	if len(rows) != 2 || !rows[0].Real || rows[0].Verdict() != "B is 49.8 % less" || rows[1].Real || rows[1].Verdict() != "no difference beyond chance" {
		t.Errorf("%s", c)
	}
	below, err := ipclab.Compare([]int{-5, -4, -6, -5, -4, -6, -5}, []int{-15, -14, -16, -15, -14, -16, -15})
	if err != nil || below.Rows()[0].Verdict() != "B is 200.0 % less" {
		t.Errorf("of numbers below 0: %v, %v", below, err)
	}
	if few, err := ipclab.Compare([]int{1, 2}, []int{5, 6}); err != nil || few.Rows()[0].Enough {
		t.Errorf("two values are enough: %v, %v", few, err)
	}
}

func TestSummaryOfASample(t *testing.T) {
	var values []time.Duration
	for i := range 101 {
		values = append(values, time.Duration(1000+i))
	}
	s := ipclab.SampleOf("x", values...).Summary()
	// By the binomial distribution: the 41st and the 61st of 101 values enclose the median with 95 %.
	if s.N != 101 || s.Median != 1050 || s.Low < 1039 || s.Low > 1041 || s.High < 1059 || s.High > 1061 {
		t.Errorf("%+v", s)
	}
	if text := ipclab.SampleOf("x", 1, 2).String(); !strings.Contains(text, "too few values") {
		t.Errorf("%s", text)
	}
}
