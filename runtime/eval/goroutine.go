package eval

import (
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
)

// symbols is package host as interpreted code sees it.
func (i *Interpreter) symbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Stop":        reflect.ValueOf(&i.host.stop),
		"Interrupted": reflect.ValueOf(i.host.interrupted),
		"Result":      i.host.shower,
		"Go":          reflect.ValueOf(i.start),
	}
}

// start is what the statement go does: f makes the call, with arguments that
// have been evaluated. A panic of it ends the goroutine and not the process.
func (i *Interpreter) start(cell string, line int, f func()) {
	owner := i.host.running()
	go func() {
		debug.SetPanicOnFault(true)
		returned := false
		defer func() {
			// A panic's value is never nil: runtime.Goexit has none.
			if value := recover(); value != nil {
				frames := append(i.frames(), i.places.statement(cell, line))
				i.panicked(owner, &Failure{Name: "panic", Value: panicText(value), Frames: frames})
			} else if !returned {
				i.tracer.take()
			}
		}()
		f()
		returned = true
	}()
}

// panicked reports the panic of a goroutine that was started while the cell owner
// ran, or between cells if that is nil: as the failure of that cell, which is told
// to stop, or on standard error when the cell has ended.
func (i *Interpreter) panicked(owner *running, f *Failure) {
	// A forked child ends here.
	i.finished(f)
	switch {
	case owner == nil || !i.host.stopCell(owner):
		fmt.Fprintf(os.Stderr, "panic in a goroutine%s: %s\n%s", owner.of(), f.Value, f.trace())
	case owner.fail(f):
		close(owner.broken)
	}
}
