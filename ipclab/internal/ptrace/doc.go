// Package ptrace follows the system calls of a process and of all that it starts, from a process of its own.
//
// The traced process goes on as it is: it is not stopped longer than a call takes to be read, and when the tracer ends,
// for whatever reason, the kernel lets all go on untraced. See ptrace(2).
//
// The hazards: requests must come from the thread that attached, so Run keeps its goroutine on one thread. A signal to
// a traced thread stops it until the tracer hands it on; a tracer that does not read its events holds the traced
// process up.
package ptrace
