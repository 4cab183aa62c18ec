package eval_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ipclab/ipclab/mime"
	"ipclab/runtime/eval"
)

func newInterpreter() *eval.Interpreter { return eval.New(func(*eval.Failure) {}) }

// run gives a cell's result as text, or fails the test.
func run(t *testing.T, i *eval.Interpreter, name, body string) eval.Outcome {
	t.Helper()
	return i.Run(eval.Program{Name: name, Source: "package main\n" + body, Entry: name})
}

func plain(t *testing.T, o eval.Outcome) string {
	t.Helper()
	if o.Rejected != nil || o.Failure != nil {
		t.Fatalf("rejected %v, failure %v", o.Rejected, o.Failure)
	}
	s, _ := o.Result[mime.Plain].(string)
	return s
}

func TestVariablesLiveOnInLaterCells(t *testing.T) {
	i := newInterpreter()
	run(t, i, "cell1", "var x int\nfunc cell1() { x = 41 }")
	o := run(t, i, "cell2", "import host \"ipclab/host\"\nfunc cell2() { x++; host.Result(x) }")
	if got := plain(t, o); got != "42" {
		t.Errorf("got %q", got)
	}
}

func TestResultsOfSeveralValues(t *testing.T) {
	for call, want := range map[string]string{
		`strconv.Atoi("7")`:       "7",
		`strconv.Atoi("x")`:       `strconv.Atoi: parsing "x": invalid syntax`,
		`strings.Cut("a=b", "=")`: "a, b, true",
		`7, errors.New("late")`:   "7, late",
		`func() {}`:               "func()",
		`T(1)`:                    "a T",
		`[]any{nil}`:              "[<nil>]",
	} {
		o := run(t, newInterpreter(), "cell1", `import host "ipclab/host"
import ("errors"; "strconv"; "strings")
type T int
func (t T) String() string { return "a T" }
var _, _, _ = strconv.Atoi, strings.Cut, errors.New
func cell1() { host.Result(`+call+`) }`)
		if got := plain(t, o); got != want {
			t.Errorf("%s: got %q, want %q", call, got, want)
		}
	}
}

func TestNilIsNotShown(t *testing.T) {
	o := run(t, newInterpreter(), "cell1", "import host \"ipclab/host\"\nfunc cell1() { host.Result(nil) }")
	if o.Result != nil {
		t.Errorf("got %v", o.Result)
	}
}

func TestPanicIsAFailureOfTheCell(t *testing.T) {
	i := newInterpreter()
	for source, want := range map[string]string{
		`func cell1() { panic("boom") }`:                             "boom",
		`func cell1() { var a []int; a[3] = 1 }`:                     "runtime error: index out of range",
		"type S struct{ X int }\nfunc cell1() { var p *S; p.X = 1 }": "runtime error: invalid memory address or nil pointer dereference",
		`func cell1() { var m map[string]int; m["a"] = 1 }`:          "assignment to entry in nil map",
		"import \"fmt\"\nfunc cell1() { panic(fmt.Errorf(\"no\")) }": "no",
	} {
		o := run(t, i, "cell1", source)
		if o.Failure == nil || !strings.Contains(o.Failure.Value, want) || o.Failure.Interrupted {
			t.Errorf("%s: failure %v, want %q", source, o.Failure, want)
		}
	}
}

func TestFramesNameFunctionsAndTheCell(t *testing.T) {
	o := newInterpreter().Run(eval.Program{Name: "cell1", Entry: "cellˑrun", Source: "package main\n/*line cell1:2:1*/func f() { panic(1) }\n/*line cell1:1:1*/func cellˑrun() { f() }"})
	want := []eval.Frame{{Cell: "cell1", Line: 2, Function: "f"}, {Cell: "cell1", Line: 1}}
	if o.Failure == nil || !slices.Equal(o.Failure.Frames, want) {
		t.Errorf("got %+v, want %q", o.Failure, want)
	}
}

func TestGoexitIsAFailure(t *testing.T) {
	o := run(t, newInterpreter(), "cell1", "import \"runtime\"\nfunc cell1() { runtime.Goexit() }")
	if o.Failure == nil || !strings.Contains(o.Failure.Value, "Goexit") {
		t.Errorf("failure %v", o.Failure)
	}
}

func TestRejectedProgramRunsNothing(t *testing.T) {
	i := newInterpreter()
	o := run(t, i, "cell1", "func cell1() { undefined() }")
	if o.Rejected == nil {
		t.Fatal("not rejected")
	}
	o = run(t, i, "cell2", "import host \"ipclab/host\"\nfunc cell2() { host.Result(1) }")
	if got := plain(t, o); got != "1" {
		t.Errorf("after a rejected cell: %q", got)
	}
}

func TestInterruptStopsALoopAndKeepsTheState(t *testing.T) {
	i := newInterpreter()
	run(t, i, "cell1", "var n, deferred int\nfunc cell1() {}\nfunc get() int { return n }")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	done := make(chan eval.Outcome)
	go func() {
		done <- i.Run(eval.Program{Name: "cell2", Entry: "cell2", Source: fmt.Sprintf(`package main
import host "ipclab/host"
import dyn "ipclab/dyn"
import "syscall"
func cell2() {
	defers := dyn.NewDefers()
	defers.Run(func() {
		defers.Push(func() { for k := 0; k < 3; k++ { if *host.Stop { host.Interrupted() }; deferred++ } })
		for { if *host.Stop { host.Interrupted() }; if n++; n == 100 { syscall.Write(%d, []byte("x")) } }
	})
}`, w.Fd())})
	}()
	if _, err := r.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	i.Interrupt()
	select {
	case o := <-done:
		if o.Failure == nil || !o.Failure.Interrupted {
			t.Fatalf("outcome %+v", o)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the loop did not stop")
	}
	o := run(t, i, "cell3", "import host \"ipclab/host\"\nfunc cell3() { host.Result(get() >= 100, deferred) }")
	if got := plain(t, o); got != "true, 3" {
		t.Errorf("after the interrupt: %q", got)
	}
}

func TestInterruptBetweenCellsStopsNothing(t *testing.T) {
	i := newInterpreter()
	i.Interrupt()
	o := run(t, i, "cell1", `import host "ipclab/host"
func cell1() { if *host.Stop { host.Interrupted() }; host.Result("on") }`)
	if got := plain(t, o); got != "on" {
		t.Errorf("got %q", got)
	}
}

func TestFinishedRunsOnTheCellsGoroutine(t *testing.T) {
	var failures []*eval.Failure
	i := eval.New(func(f *eval.Failure) { failures = append(failures, f) })
	run(t, i, "cell1", "func cell1() {}")
	run(t, i, "cell2", "func cell2() { panic(1) }")
	if len(failures) != 2 || failures[0] != nil || failures[1] == nil {
		t.Errorf("finished was told %v", failures)
	}
}

func TestMethodsOfInterpretedTypesAreHonoured(t *testing.T) {
	o := run(t, newInterpreter(), "cell1", `import host "ipclab/host"
import "fmt"
type T int
func (t T) String() string { return "a T" }
func cell1() { host.Result(fmt.Sprint(T(1))) }`)
	if got := plain(t, o); got != "a T" {
		t.Errorf("got %q", got)
	}
}

func TestLongResultIsCut(t *testing.T) {
	o := run(t, newInterpreter(), "cell1", `import host "ipclab/host"
import "strings"
func cell1() { host.Result(strings.Repeat("ä", 1000000)) }`)
	if got := plain(t, o); len(got) > 70<<10 || !strings.HasSuffix(got, "bytes more)") {
		t.Errorf("%d bytes, end %q", len(got), got[len(got)-30:])
	}
}
