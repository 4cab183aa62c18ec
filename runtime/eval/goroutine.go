package eval

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"runtime/debug"

	"ipclab/ipclab"
	"ipclab/ipclab/interpreted"
)

// symbols is package host as interpreted code sees it.
func (i *Interpreter) symbols() map[string]reflect.Value {
	values := i.host.fileSymbols()
	maps.Copy(values, map[string]reflect.Value{
		"Stop":        reflect.ValueOf(&i.host.stop),
		"Interrupted": reflect.ValueOf(i.host.interrupted),
		"Result":      i.host.shower,
		"Go":          reflect.ValueOf(i.start),
		"Guard":       reflect.ValueOf(i.guard),
		"WaitGroup":   reflect.ValueOf(i.host.waitGroup),
		"Lock":        reflect.ValueOf(i.host.lock),
		"WriteLock":   reflect.ValueOf(i.host.writeLock),
		"ReadLock":    reflect.ValueOf(i.host.readLock),
		"WaitCond":    reflect.ValueOf(i.host.waitCond),
		"C":           reflect.ValueOf(runC),
		"CompileC":    reflect.ValueOf(compileC),
		"Empty":       reflect.ValueOf(interpreted.SetEmpty),
	})
	return values
}

// start is what the statement go does: f makes the call, with arguments that
// have been evaluated.
func (i *Interpreter) start(cell string, line int, f func()) { go i.guard(cell, line, f)() }

// guard makes a function that does what f does in a goroutine that something at
// a line of a cell starts. A panic of f ends the goroutine, not the process.
func (i *Interpreter) guard(cell string, line int, f func()) func() {
	owner := i.host.cell.Load()
	return func() {
		debug.SetPanicOnFault(true)
		defer func() {
			defer i.tracer.forget()
			// A panic's value is never nil: runtime.Goexit has none.
			if value := recover(); value != nil {
				frames := append(i.frames(), i.places.start(cell, line))
				i.panicked(owner, &Failure{Name: "panic", Value: panicText(value), Frames: frames})
			}
		}()
		f()
	}
}

// panicked reports the panic of a goroutine that was started while the cell owner
// ran, or between cells if that is nil: as the failure of that cell, which is told
// to stop, or on standard error when the cell has ended.
func (i *Interpreter) panicked(owner *running, f *Failure) {
	// A forked child ends here.
	i.finished(f)
	if owner == nil || !i.host.failCell(owner, f) {
		fmt.Fprintf(os.Stderr, "panic in a goroutine%s: %s\n%s", owner.of(), f.Value, f.trace())
	}
}

// spawn is ipclab.Spawn for interpreted functions: a panic in the child says where
// in which cell it was.
func (i *Interpreter) spawn(f func()) (*ipclab.Process, error) {
	if f == nil {
		return ipclab.Spawn(nil)
	}
	return ipclab.Spawn(func() {
		defer func() {
			if value := recover(); value != nil {
				failure := Failure{Value: panicText(value), Frames: i.frames()}
				fmt.Fprintf(os.Stderr, "panic in process %d: %s\n%s", os.Getpid(), failure.Value, failure.trace())
				os.Exit(2)
			}
		}()
		f()
	})
}
