package eval

import (
	"reflect"
	"testing"
)

// TestTheInterpreterIsLaidOutAsAssumed fails with another version of it.
func TestTheInterpreterIsLaidOutAsAssumed(t *testing.T) {
	if nodesErr != nil {
		t.Fatal(nodesErr)
	}
	actions := map[string]int{}
	for _, name := range nodes.names {
		actions[name]++
	}
	for _, name := range append(calmActions, followAction, "call", "getIndex", "slice", "slice0", "/", "%") {
		if actions[name] == 0 {
			t.Errorf("the interpreter has no action %q", name)
		}
	}
	if _, err := layoutOf(reflect.TypeFor[struct{ Root int }]()); err == nil {
		t.Error("another layout is taken for the right one")
	}
}

func TestBoundsAreInGoWords(t *testing.T) {
	for _, c := range []struct {
		bounds []int64
		want   string
	}{
		{[]int64{0, 5}, ":5] with capacity 3"},
		{[]int64{-1, 2}, "-1:]"},
		{[]int64{2, 1}, "2:1]"},
		{[]int64{0, -1}, ":-1]"},
		{[]int64{0, 1, 4}, "::4] with capacity 3"},
		{[]int64{0, 3, 2}, ":3:2]"},
		{[]int64{2, 1, 3}, "2:1:]"},
	} {
		if got := boundsWords(c.bounds, 3, "capacity"); got != c.want {
			t.Errorf("%v: %q, want %q", c.bounds, got, c.want)
		}
	}
}
