package interrupts

import "sync/atomic"

var (
	flag    atomic.Pointer[bool]
	handler atomic.Pointer[func(done func())]
)

// SetStep says which variable the evaluator looks at in each step of a cell. While it is true, the evaluator calls
// Signals. It is set once, before cells run.
func SetStep(f *bool) { flag.Store(f) }

// Step returns the variable, nil if there is no evaluator.
func Step() *bool { return flag.Load() }

// SetSignals says what Signals does.
func SetSignals(f func(done func())) { handler.Store(&f) }

// Signals runs the handlers of signals that came, if the calling goroutine is the one that takes signals. Before the
// first it calls done, which may be nil: after that, Step's variable says whether more came.
func Signals(done func()) {
	if f := handler.Load(); f != nil {
		(*f)(done)
	}
}
