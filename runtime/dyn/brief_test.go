package dyn_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"ipclab/runtime/dyn"
)

type text struct{ n int }

func (t text) String() string { return fmt.Sprint("text ", t.n) }

type failing struct{ n int }

func (f failing) String() string { panic("no text") }

type mixed struct {
	Name    string
	Wait    time.Duration
	hidden  time.Duration
	T       text
	Err     error
	Any     any
	F       func()
	Next    *mixed
	numbers [3]int8
}

// TestTextIsWhatFmtPrints holds Text to package fmt for values within the limits.
func TestTextIsWhatFmtPrints(t *testing.T) {
	one := 1
	for _, v := range []any{
		nil, 1, -1, uint8(7), 1.5, 1e21, 1e20, 1e-5, float32(0.1), 2 + 3i, complex64(1i), true, "text", "",
		[]int{1, 2}, []int(nil), [2]string{"a", "b"}, []byte("ab"), [][]int{{1}, nil}, []any{nil, 1, "x", []int{1}},
		map[string]int{"b": 1, "a": 2}, map[int]bool(nil), map[float64]int{math.NaN(): 1, 0: 2}, map[any]int{3: 1, 1: 2, 2: 3},
		time.Second, time.Unix(0, 0).UTC(), []time.Duration{1, 2}, &[]int{1}, &map[int]int{1: 2}, &text{1}, &one,
		text{2}, []text{{1}, {2}}, []*text{nil}, (*text)(nil), failing{}, []failing{{1}}, &failing{},
		errors.New("failed"), []error{errors.New("a"), nil}, struct{}{}, []struct{}{{}, {}},
		mixed{Name: "a", Wait: 1, hidden: 2, T: text{3}, Err: errors.New("e"), Any: []any{text{4}}, numbers: [3]int8{1, 2, 3}},
		&mixed{Next: &mixed{}}, struct{ E error }{}, reflect.TypeFor[int](), (func())(nil), (chan int)(nil), (*int)(nil),
	} {
		got := dyn.PartOf(v).Text(dyn.Limits{Bytes: 1000, Elements: 100, Sorted: 100, Methods: true})
		if want := fmt.Sprintf("%+v", v); got != want {
			t.Errorf("%T: got %s, fmt prints %s", v, got, want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	list := []any{1, nil}
	list[1] = list
	table := map[string]any{}
	table["self"] = table
	large := map[int]int{}
	for i := range 1000 {
		large[i] = i
	}
	limits := dyn.Limits{Bytes: 60, Elements: 5, Sorted: 1000, Methods: true}
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"long list":   {make([]int, 1_000_000), "[0 0 0 0 … 999995 more … 0]"},
		"large map":   {large, "map[0:0 1:1 2:2 3:3 4:4 … 995 more]"},
		"long string": {[]string{strings.Repeat("ä", 1_000_000)}, "[" + strings.Repeat("ä", 29) + "…"},
		"itself":      {list, strings.Repeat("[1 ", 20) + "…"},
		"itself, map": {table, "map[self:map[self:map[self:map[self:map[self:map[self:map[se…"},
		"array":       {[8]string{}, "[    … 3 more … ]"},
	} {
		if got := dyn.PartOf(c.value).Text(limits); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestLargeMapIsNotSorted looks at the number of entries: which they are is open.
func TestLargeMapIsNotSorted(t *testing.T) {
	large := map[int]int{}
	for i := range 1000 {
		large[i] = i
	}
	got := dyn.PartOf(large).Text(dyn.Limits{Bytes: 1000, Elements: 5, Sorted: 999})
	if n := strings.Count(got, ":"); n != 5 || !strings.HasSuffix(got, " … 995 more]") {
		t.Errorf("got %s", got)
	}
}

func TestWithoutMethodsOnlyHarmlessOnesAreCalled(t *testing.T) {
	v := []any{text{1}, failing{2}, time.Second, errors.New("e")}
	got := dyn.PartOf(v).Text(dyn.Limits{Bytes: 1000, Elements: 10})
	if !strings.HasPrefix(got, "[{n:1} {n:2} 1s 0x") {
		t.Errorf("got %s", got)
	}
}

func TestStopEndsTheText(t *testing.T) {
	calls := 0
	stop := func() bool { calls++; return calls > 3 }
	got := dyn.PartOf(make([]int, 1000)).Text(dyn.Limits{Bytes: 10_000, Elements: 1000, Stop: stop})
	if len(got) > 10 {
		t.Errorf("went on to %d bytes", len(got))
	}
}
