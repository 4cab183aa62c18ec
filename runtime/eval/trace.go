package eval

import (
	"go/token"
	"runtime"
	"strings"
	"sync"
)

// A tracer notes which steps a panic passes on its way out, by goroutine.
//
// A witness tells it of each step, innermost first, and Recover tells it when a
// panic has ended. A panic that compiled code recovers, as fmt does, ends
// unnoticed; the next one in that goroutine is told by where it comes from.
type tracer struct {
	mu     sync.Mutex
	traces map[uint64]*trace
}

// A trace is what the panics of one goroutine have passed. There can be several
// at a time: a deferred call can panic, and recover that, while another panic
// goes on.
type trace struct {
	passed []token.Pos
	began  []int // index in passed where each panic begins
	exit   bool  // it is runtime.Goexit that passes
}

func newTracer() *tracer { return &tracer{traces: map[uint64]*trace{}} }

// passed notes that a panic or runtime.Goexit passes a step. It is called by
// the deferred function of a witness, and returns true where the panic began in
// that step, or in compiled code that it called.
func (t *tracer) passed(pos token.Pos) bool {
	why, repeated := unwinding()
	id := goroutineID()
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.traces[id]
	if tr == nil {
		tr = &trace{}
		t.traces[id] = tr
	}
	exit := why == "runtime.Goexit"
	fresh := !repeated
	if exit {
		fresh = !tr.exit
		tr.exit = true
	}
	if fresh {
		if exit || !panicking() {
			tr.passed, tr.began = tr.passed[:0], tr.began[:0]
		}
		tr.began = append(tr.began, len(tr.passed))
	}
	tr.passed = append(tr.passed, pos)
	return fresh && !exit
}

// recovered notes that the innermost panic of this goroutine has ended.
func (t *tracer) recovered() {
	id := goroutineID()
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.traces[id]
	if tr == nil {
		return
	}
	if n := len(tr.began); n > 1 {
		tr.passed, tr.began = tr.passed[:tr.began[n-1]], tr.began[:n-1]
		return
	}
	delete(t.traces, id)
}

// take returns what this goroutine's panic has passed, and forgets it.
func (t *tracer) take() []token.Pos {
	id := goroutineID()
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.traces[id]
	if tr == nil {
		return nil
	}
	delete(t.traces, id)
	return tr.passed
}

// repeaters are the functions that recover a panic and begin it again, in the
// interpreter and in what lowered code calls.
var repeaters = []string{
	"github.com/traefik/yaegi/interp.runCfg.func1",
	"ipclab/runtime/dyn.(*Defers).unwind",
	"ipclab/runtime/eval.(*tracer).witness.",
}

// unwinding returns the function of the Go runtime that calls deferred
// functions, the witness's among them, and whether the panic only goes on.
func unwinding() (why string, repeated bool) {
	var pcs [8]uintptr
	const above = 4 // Callers, unwinding, passed, the deferred function
	frames := runtime.CallersFrames(pcs[:runtime.Callers(above, pcs[:])])
	f, more := frames.Next()
	why = f.Function
	if !more {
		return why, false
	}
	f, _ = frames.Next()
	for _, r := range repeaters {
		if strings.HasPrefix(f.Function, r) {
			return why, true
		}
	}
	return why, false
}

// panicking tells whether this goroutine was in a panic when another began.
func panicking() bool {
	pcs := make([]uintptr, 64)
	for n := runtime.Callers(0, pcs); n == len(pcs); n = runtime.Callers(0, pcs) {
		pcs = make([]uintptr, 4*len(pcs))
	}
	count := 0
	for frames := runtime.CallersFrames(pcs); ; {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			count++
		}
		if !more {
			return count > 1
		}
	}
}
