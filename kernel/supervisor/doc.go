// Package supervisor owns the runtime process: it starts it, feeds it cells,
// takes its output in order, interrupts it, and replaces it when it dies. When
// the supervisor is closed, no process that came out of a runtime is left.
//
// It knows nothing of Jupyter's messages: what a cell puts out goes to the
// cell's Output.
//
// The kernel process is made the subreaper (PR_SET_CHILD_SUBREAPER, prctl(2)):
// orphans of cells become its children, as they would become init's. So it must
// wait for every child itself, and no other code of the process may use os/exec.
//
// Goroutines, per supervisor:
//
//	reaper   blocks on SIGCHLD; stopped by Close
//	guard    sleeps between looks at what cells use, or until a cell begins;
//	         stopped by Close
//
// per runtime process:
//
//	pump     blocks in poll on the runtime's descriptors; ends when the process
//	         has ended and all its output is read. Publishing blocks it, for as
//	         long as the Output takes.
//
// and per running cell:
//
//	stdin    sleeps between looks at who reads standard input; ends with the cell
//	escalate exists after an interrupt; ends with the cell, at the latest after
//	         a second, when it kills the runtime
package supervisor
