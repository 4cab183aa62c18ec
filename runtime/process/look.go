package process

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"ipclab/runtime/wire"
)

// lookLimit is how long a look at a variable may take.
const lookLimit = 200 * time.Millisecond

// A look at a variable goes on beside the goroutine that receives requests, and
// ends before a cell begins.
type look struct {
	stopped atomic.Bool
	done    chan struct{} // closed when nothing of the cells' is looked at any more
}

// end stops a look, if there is one, and waits for its next step.
func (l *look) end() {
	if l != nil {
		l.stopped.Store(true)
		<-l.done
	}
}

// look carries out a request to look at a variable, when the look before has
// ended. Only the goroutine that receives requests may call it.
func (w *worker) look(frame *wire.Frame) {
	var r wire.Inspect
	if err := frame.Decode(&r); err != nil {
		fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
		return
	}
	l := &look{done: make(chan struct{})}
	w.looking = l
	go func() {
		answer := w.inspected(r, l)
		close(l.done)
		// Where it cannot be sent, the kernel is gone or does not wait for it.
		_ = w.events.Send(wire.KindInspected, answer)
	}()
}

func (w *worker) inspected(r wire.Inspect, l *look) wire.Inspected {
	deadline := time.Now().Add(lookLimit)
	text, err := w.interpreter.Look(r.Name, func() bool { return l.stopped.Load() || time.Now().After(deadline) })
	if err != nil {
		return wire.Inspected{ID: r.ID, Reason: err.Error()}
	}
	return wire.Inspected{ID: r.ID, Text: text}
}
