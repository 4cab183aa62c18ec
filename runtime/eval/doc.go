// Package eval runs lowered cells with the yaegi interpreter. It is the only
// package that knows the interpreter, and works around its faults where
// lowering (runtime/cell) cannot.
//
// It neither parses nor checks what a user typed: it takes programs that have
// passed the type checker. The hazard: interpreted code runs in this very
// process, so a cell can end it (os.Exit, a fatal error of the Go runtime, a panic
// in a goroutine that compiled code starts); whoever needs to outlive cells must
// live in another one.
//
// A cell runs on a goroutine of its own, which alone an interrupt ends, in its
// next step or in its wait (waits.go). It and those that lowered code starts
// turn faults of memory into panics, and end with their panic, which becomes the
// failure of the cell that started them; when that has ended, it is told on
// standard error. Calls are made by steps of this package where it can make them
// with less than the interpreter (call_unsafe.go, literal_unsafe.go,
// native_unsafe.go), and what the interpreter keeps of a program that has run is
// let go of (forget_unsafe.go). Where a panic came from is noted by witnesses around the
// interpreter's steps (nodes_unsafe.go, trace.go) and put in words by places.
package eval
