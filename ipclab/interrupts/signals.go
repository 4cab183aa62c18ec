package interrupts

import "sync/atomic"

var (
	flag    atomic.Pointer[bool]
	handler atomic.Pointer[func(done func())]
	park    atomic.Pointer[func() (<-chan struct{}, func())]
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

// SetPark says what Park does.
func SetPark(f func() (wake <-chan struct{}, leave func())) { park.Store(&f) }

// Park is called before a wait of Go's own, for a channel or a time. If the calling goroutine is the one that takes
// signals, the wait has to wait for wake too, and to call Signals when that comes; wake is nil otherwise. After the wait
// comes leave.
func Park() (wake <-chan struct{}, leave func()) {
	if f := park.Load(); f != nil {
		return (*f)()
	}
	return nil, func() {}
}
