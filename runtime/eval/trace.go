package eval

import (
	"go/token"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// A tracer notes which steps a panic passes on its way out, by goroutine.
//
// A witness tells it of each step, innermost first, and Recover tells it when a
// panic has ended. A panic that compiled code recovers, as fmt does, ends
// unnoticed; the next one in that goroutine is told by where it comes from.
type tracer struct {
	mu      sync.Mutex
	traces  map[uintptr]*trace
	changed chan struct{} // closed and made anew when a trace is gone
	callees map[unsafe.Pointer]*callee
	stop    *bool  // is set when signals came: the host's
	signals func() // runs their handlers
}

// A trace is what the panics of one goroutine have passed. There can be several
// at a time: a deferred call can panic, and recover that, while another panic
// goes on.
type trace struct {
	passed []token.Pos
	began  []int // index in passed where each panic begins
	exit   bool  // it is runtime.Goexit that passes
	old    bool  // settle has waited for it in vain
}

func newTracer(h *host) *tracer {
	return &tracer{
		traces: map[uintptr]*trace{}, changed: make(chan struct{}), callees: map[unsafe.Pointer]*callee{},
		stop: &h.stop, signals: h.signals,
	}
}

// remove needs the lock.
func (t *tracer) remove(id uintptr) {
	if t.traces[id] != nil {
		delete(t.traces, id)
		close(t.changed)
		t.changed = make(chan struct{})
	}
}

// passed notes that a panic or runtime.Goexit passes a step. It is called by
// the deferred function of a witness, and returns true where the panic began in
// that step, or in compiled code that it called.
func (t *tracer) passed(pos token.Pos) bool {
	why, repeated := unwinding()
	id := current()
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
		tr.old = false
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
	id := current()
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
	t.remove(id)
}

// trail returns what this goroutine's panic has passed.
func (t *tracer) trail() []token.Pos {
	id := current()
	t.mu.Lock()
	defer t.mu.Unlock()
	if tr := t.traces[id]; tr != nil {
		return tr.passed
	}
	return nil
}

// forget is called when this goroutine's panic has been reported.
func (t *tracer) forget() {
	id := current()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(id)
}

// settle waits until the panics that have begun are recovered or reported, or
// the time is up. A deferred call can let a cell go on, by closing a channel for
// one, while its goroutine's panic has not been reported yet.
func (t *tracer) settle(limit time.Duration) {
	for timeout := time.After(limit); ; {
		changed := t.unsettled()
		if changed == nil {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.giveUp()
			return
		}
	}
}

// unsettled returns nil if no panic is under way.
func (t *tracer) unsettled() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tr := range t.traces {
		if !tr.old {
			return t.changed
		}
	}
	return nil
}

func (t *tracer) giveUp() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tr := range t.traces {
		tr.old = true
	}
}

// repeaters are the functions that recover a panic and begin it again, in the
// interpreter and in what lowered code calls.
var repeaters = []string{
	"github.com/traefik/yaegi/interp.runCfg.func1",
	"ipclab/runtime/dyn.(*Defers).Run",
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
