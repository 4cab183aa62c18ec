package eval

import (
	"reflect"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"ipclab/ipclab/mime"
)

// patience is how long a cell may take to end after one of its goroutines has
// panicked. It is told to stop, and most do at once; one that is in a call of
// compiled code is left behind, and ends when that returns.
const patience = 300 * time.Millisecond

// running is one run of a cell.
type running struct {
	name      string
	goroutine uintptr       // see current
	result    mime.Bundle   // written by the cell's goroutine
	failed    chan *Failure // holds the first failure, of the cell or a goroutine
	broken    chan struct{} // closed when a goroutine of the cell has panicked
	done      chan struct{} // closed when the cell's goroutine has ended
	stopped   chan struct{} // closed when the cell is to stop
	stopping  sync.Once     // closes stopped
	since     time.Time     // when stopped was closed
	taken     atomic.Bool   // the cell's goroutine has begun to end for it
	waits     waits
	waking    sync.Once // starts wake
}

func newRunning(name string) *running {
	return &running{
		name: name, failed: make(chan *Failure, 1), broken: make(chan struct{}), done: make(chan struct{}),
		stopped: make(chan struct{}),
	}
}

func (r *running) stop() {
	r.stopping.Do(func() {
		r.since = time.Now()
		close(r.stopped)
	})
}

func (r *running) isStopping() bool {
	select {
	case <-r.stopped:
		return true
	default:
		return false
	}
}

// stoppedChannel is stopped, for a case of a select statement; that of no cell is
// never ready.
func (r *running) stoppedChannel() reflect.Value {
	if r == nil {
		return reflect.ValueOf((chan struct{})(nil))
	}
	return reflect.ValueOf(r.stopped)
}

// of says whose a goroutine is.
func (r *running) of() string {
	if r == nil {
		return ""
	}
	return " of " + r.name
}

// fail notes a failure unless there is one.
func (r *running) fail(f *Failure) bool {
	select {
	case r.failed <- f:
		return true
	default:
		return false
	}
}

// failure returns what fail noted, or nil.
func (r *running) failure() *Failure {
	select {
	case f := <-r.failed:
		r.failed <- f
		return f
	default:
		return nil
	}
}

// wait returns when the cell has ended or is waited for no longer.
func (r *running) wait() {
	select {
	case <-r.done:
	case <-r.broken:
		select {
		case <-r.done:
		case <-time.After(patience):
		}
	}
}

// runCell calls entry, with what begins and ends a cell around it.
func (i *Interpreter) runCell(r *running, entry func() error) {
	debug.SetPanicOnFault(true)
	r.goroutine = current()
	i.host.begin(r)
	returned := false
	defer func() {
		if !returned {
			r.fail(&Failure{Name: "Goexit", Value: "the cell called runtime.Goexit", Frames: i.frames()})
		}
		i.tracer.forget()
		i.tracer.settle(patience)
		i.host.end(r)
		i.finished(r.failure())
		close(r.done)
	}()
	if err := entry(); err != nil {
		r.fail(newFailure(err, i.frames()))
	}
	returned = true
}

// frames says where this goroutine's panic came from.
func (i *Interpreter) frames() []Frame { return i.places.frames(i.tracer.trail()) }
