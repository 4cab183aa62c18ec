package eval

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/traefik/yaegi/interp"

	"ipclab/runtime/ccell"
	"ipclab/runtime/dyn"
)

// A Failure is what ended a cell before its end.
type Failure struct {
	Name        string  // in one word: panic, or the kind of error
	Value       string  // the panic's value, as Go prints it
	Frames      []Frame // innermost first
	Interrupted bool
	Traceback   []string // said instead of Frames, if there is any
}

func (f *Failure) String() string { return f.Name + ": " + f.Value }

// Report is the failure with its frames, each on a line of its own.
func (f *Failure) Report() string { return f.String() + "\n" + f.trace() }

func (f *Failure) trace() string {
	var b strings.Builder
	for _, line := range Lines(f.Frames) {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// Of a long list of frames, as recursion makes it, the first and the last are
// shown.
const firstFrames, lastFrames = 20, 10

// Lines words frames, and leaves out the middle of a long list.
func Lines(frames []Frame) []string {
	var lines []string
	for i, f := range frames {
		left := len(frames) - firstFrames - lastFrames
		switch {
		case left <= 1 || i < firstFrames || i >= firstFrames+left:
			lines = append(lines, f.String())
		case i == firstFrames:
			lines = append(lines, fmt.Sprintf("... %d more ...", left))
		}
	}
	return lines
}

// newFailure describes an error that the interpreter returned for a running
// program.
func newFailure(err error, frames []Frame) *Failure {
	var panicked interp.Panic
	if !errors.As(err, &panicked) {
		return &Failure{Name: "error", Value: err.Error(), Frames: frames}
	}
	if _, ok := panicked.Value.(dyn.Interrupt); ok {
		return &Failure{Name: "interrupted", Value: "the cell was interrupted", Frames: frames, Interrupted: true}
	}
	if told, ok := panicked.Value.(*ccell.Error); ok {
		return &Failure{Name: told.Name, Value: told.Value, Traceback: told.Traceback}
	}
	return &Failure{Name: "panic", Value: panicText(panicked.Value), Frames: frames}
}

// panicText words a panic's value as Go's own panic message does.
func panicText(value any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("a %T whose Error or String method panics", value)
		}
	}()
	if v, ok := value.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
		value = v.Interface()
	}
	return dyn.PanicText(inGoWords(value, operands{}))
}
