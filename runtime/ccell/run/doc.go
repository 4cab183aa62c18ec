// Package run carries out cells of C in the runtime process: it has the program compiled
// (package build), says what the compiler warned of, and runs it as a child with the cell's
// descriptors, its folder and its environment, or keeps it.
//
// It must be called on the goroutine of a cell. An interrupt of the cell reaches the
// compiler and the program as it reaches any child: the kernel process sends it. What is
// left to do here is not to go on then.
//
// Besides the caller's goroutine there is one for as long as a program with a time limit
// runs, which ends it when the time is up.
package run
