package eval

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/traefik/yaegi/interp"
)

// A Failure is what ended a cell before its end.
type Failure struct {
	Name        string   // in one word: panic, or the kind of error
	Value       string   // the panic's value, as Go prints it
	Frames      []string // position and function, innermost first
	Interrupted bool
}

func (f *Failure) String() string { return f.Name + ": " + f.Value }

// newFailure describes an error that the interpreter returned for a running
// program.
func newFailure(err error, frames []string) *Failure {
	var panicked interp.Panic
	if !errors.As(err, &panicked) {
		return &Failure{Name: "error", Value: err.Error(), Frames: frames}
	}
	if cause, ok := panicked.Value.(error); ok && errors.Is(cause, errInterrupted) {
		return &Failure{Name: "interrupted", Value: "the cell was interrupted", Frames: frames, Interrupted: true}
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
	switch v := value.(type) {
	case *reflect.ValueError:
		// The interpreter works through package reflect, whose words for this
		// would mean nothing to anybody.
		if v.Kind == reflect.Invalid {
			return "runtime error: invalid memory address or nil pointer dereference"
		}
		return v.Error()
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string:
		if rest, ok := strings.CutPrefix(v, "reflect: "); ok && strings.HasSuffix(v, "index out of range") {
			return "runtime error: index out of range (" + strings.TrimSuffix(rest, " index out of range") + ")"
		}
		return v
	}
	return fmt.Sprintf("%T(%v)", value, value)
}

// loweringMark stands in every name that lowering (runtime/cell) makes, behind
// the user's own part of it.
const loweringMark = "ˑ"

// frameRecorder is the interpreter's standard error: when a panic passes
// through an interpreted function, the interpreter writes a line
// "cell3:7:2: panic: main.f(...)" to it.
type frameRecorder struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

// maxFrameText bounds what a panic in deep recursion makes us keep.
const maxFrameText = 16 << 10

func (r *frameRecorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines.Len() < maxFrameText {
		r.lines.Write(p)
	}
	return len(p), nil
}

func (r *frameRecorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines.Reset()
}

var frameLine = regexp.MustCompile(`^(\S+):(\d+):\d+: panic: (?:main\.)?(.*)\(\.\.\.\)$`)

// take returns the recorded frames in words. The interpreter knows where the
// function begins, not which line of it was reached.
func (r *frameRecorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var frames []string
	for line := range strings.Lines(r.lines.String()) {
		m := frameLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || m[1] == callName {
			continue
		}
		// Generic code of cell1 that cell5 instantiates is at cell1/cell5.
		m[1], _, _ = strings.Cut(m[1], "/")
		// Lowering marks the names that it makes, behind the user's own.
		name, _, marked := strings.Cut(m[3], loweringMark)
		if marked && name == "cell" {
			frames = append(frames, m[1])
			continue
		}
		frames = append(frames, fmt.Sprintf("%s, declared at %s:%s", name, m[1], m[2]))
	}
	r.lines.Reset()
	return frames
}
