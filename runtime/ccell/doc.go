// Package ccell holds what a cell of C asks for, and reads it from the line that
// the cell begins with. The packages below it compile the program and run it, in
// the runtime process, as package messages words what the compiler said.
//
// It starts no process itself: the kernel process reads lines with it, and may
// start none.
package ccell
