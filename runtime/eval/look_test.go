package eval_test

import (
	"errors"
	"strings"
	"testing"

	"ipclab/runtime/eval"
)

func never() bool { return false }

func TestLook(t *testing.T) {
	i := newInterpreter()
	run(t, i, "cell1", `
import ("errors"; "time")
type P struct { Name string; n int }
func (p P) String() string { panic("called") }
var (
	number = 1.5
	text = "a\nb"
	lines = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12"
	nothing error
	failed = errors.New("e")
	wait = time.Second
	one = P{"a", 1}
	list = []P{{"a", 1}, {"b", 22}}
	table = map[string]int{"b": 2, "a": 1}
	empty = map[string]int{}
	itself = []interface{}{1, nil}
	f = func() {}
)
func cell1() { itself[1] = itself }`)
	for name, want := range map[string]string{
		"number":  "1.5",
		"text":    "a\nb",
		"lines":   "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n…",
		"nothing": "<nil>",
		"wait":    "1s",
		"table":   "key  value\n────────────\na        1\nb        2",
		"empty":   "map[] (empty map[string]int)",
		"f":       "",
	} {
		if got, err := i.Look(name, never); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"one", "list", "failed", "itself"} {
		if got, err := i.Look(name, never); err != nil || strings.Contains(got, "called") || len(got) > 500 {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"none", "P", "cell1"} {
		if got, err := i.Look(name, never); !errors.Is(err, eval.ErrNoVariable) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestLookLeavesOff(t *testing.T) {
	i := newInterpreter()
	run(t, i, "cell1", "var list = make([][]int, 1000)\nfunc cell1() {}")
	asked := 0
	got, err := i.Look("list", func() bool { asked++; return asked > 2 })
	if got != "" || !errors.Is(err, eval.ErrStopped) {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestLookNextToGoroutines looks while a goroutine of a cell waits: it could change
// a map at any time, which Go takes for the end of the process.
func TestLookNextToGoroutines(t *testing.T) {
	i := newInterpreter()
	run(t, i, "cell1", `
var (
	table = map[string]int{"a": 1}
	number = 3
	stop, gone = make(chan bool), make(chan bool)
)
func cell1() { go func() { <-stop; close(gone) }() }`)
	if got, err := i.Look("table", never); !errors.Is(err, eval.ErrGoroutines) {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := i.Look("number", never); got != "3" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	run(t, i, "cell2", "func cell2() { close(stop); <-gone }")
}
