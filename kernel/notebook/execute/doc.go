// Package execute runs the code cells of a notebook in a kernel of its own, over
// ZeroMQ, as a Jupyter front end would, and prints what they show as text.
//
// It is a client of the messaging protocol like any other: it starts the kernel
// as a child process with a fresh connection file and knows nothing of its
// insides. What stops a run and what does not follows nbclient.
//
// Goroutines, all but the last from the start of the kernel to Run's return:
//
//	reader ×4  one a connection; waits for messages, ends when the connection
//	           is closed, which close does.
//	waiter     waits for the kernel process, ends with it.
//	terminal   reads lines, only if a Terminal is used; lives until its Close.
//
// The hazard: a kernel that answers nothing. Every wait has a bound, and at the
// end the kernel process is gone, by SIGKILL if need be.
package execute
