// Package magic knows the kernel's own commands, which Jupyter calls magics:
// lines of a cell that begin with % or !, and cells that begin with %%.
//
// Parse tells what a cell is: Go as it was written, Go in whose lines shell
// commands have become Go statements, a program in C, or calls of line magics,
// which a Kernel carries out. Complete, Inspect, IsComplete and Mask do the same for an editor.
// A new magic is one entry in all (table.go).
//
// Nothing here runs a process: a shell command runs where Go cells run, as a
// child of the runtime process.
//
// The hazard: shell text is not Go, and neither is C. Whatever reads a cell as Go has to read
// Mask's or Parse's result, or one quote in a command hides all lines below it.
package magic
