// Package eval runs lowered cells with the yaegi interpreter. It is the only
// package that knows the interpreter, and works around its faults where
// lowering (runtime/cell) cannot.
//
// It neither parses nor checks what a user typed: it takes programs that have
// passed the type checker. The hazard: interpreted code runs in this very
// process, so a cell can end it (os.Exit, a panic in a goroutine, a fatal error
// of the Go runtime); whoever needs to outlive cells must live in another one.
package eval
