package eval

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"ipclab/runtime/dyn"
)

// What a look shows at most: about ten lines.
const lookLines = 10

var (
	lookTable  = tableSize{rows: 6, columns: 5, width: 80, sorted: 1000}
	lookLimits = dyn.Limits{Bytes: 500, Elements: 30, Sorted: 1000}
)

// Reasons why a look shows nothing.
var (
	ErrNoVariable = errors.New("there is no such variable")
	ErrCell       = errors.New("a cell runs")
	ErrStopped    = errors.New("the next cell has begun")
	ErrGoroutines = errors.New("goroutines of cells are there, which may be changing it")
)

// Look gives the text of what a variable holds, as a result would be shown but
// shorter. No cell must begin meanwhile; when stop says so, it leaves off at once.
//
// No code of a cell is run: of methods that print, only a few of the standard
// library are called. Goroutines that cells have left behind could change a map
// under way, which ends the process, so next to them only numbers and booleans
// are shown.
func (i *Interpreter) Look(name string, stop func() bool) (text string, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			text, err = "", fmt.Errorf("it cannot be looked at: %v", r)
		}
	}()
	// No cell looks itself. To ask the host puts what the last cell did before this.
	if i.host.here() != nil {
		return "", ErrCell
	}
	v, ok := i.yaegi.Globals()[name]
	if !ok || !v.IsValid() {
		return "", ErrNoVariable
	}
	if !isNumber(v.Kind()) && goroutinesOfCells() {
		return "", ErrGoroutines
	}
	text = look(dyn.PartIn(v), stop)
	if stop() {
		return "", ErrStopped
	}
	return text, nil
}

func isNumber(k reflect.Kind) bool { return k >= reflect.Bool && k <= reflect.Complex128 }

func look(p dyn.Part, stop func() bool) string {
	size, limits := lookTable, lookLimits
	size.stop, limits.Stop = stop, stop
	if s, ok := size.table(p); ok {
		return s.String()
	}
	switch {
	case isEmpty(p) && tabular(p, false):
		return emptyText(p)
	case p.Kind() == reflect.Func && !p.Nil():
		return "" // an address says nothing
	case p.Kind() == reflect.String && p.Len() == 0:
		return `""`
	}
	return firstLines(p.Text(limits), lookLines)
}

func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	if len(lines) > n {
		lines[n] = "…"
	}
	return strings.Join(lines, "\n")
}

// Beyond so many goroutines, or bytes of their stacks, nobody looks whose they are.
const (
	maxGoroutines = 100
	maxStacks     = 128 << 10
)

// goroutinesOfCells tells whether a goroutine has code of a cell on its stack.
func goroutinesOfCells() bool {
	if runtime.NumGoroutine() > maxGoroutines {
		return true
	}
	stacks := make([]byte, maxStacks)
	n := runtime.Stack(stacks, true)
	return n == len(stacks) || codeOfCells.Match(stacks[:n])
}

// codeOfCells matches what is on the stack of a goroutine with code of a cell: the
// interpreter, or what takes its place where a cell's function literal is called.
var codeOfCells = regexp.MustCompile(`github\.com/traefik/yaegi/interp\.|ipclab/runtime/eval\.fastLiteral`)
