// Package supervisor owns the runtime process: it starts it, feeds it cells,
// takes its output in order, interrupts it, and replaces it when it dies. When
// the supervisor is closed, no process that came out of a runtime is left.
//
// Between cells it has the runtime process make a frozen copy of itself, a child
// of the kernel like that. When the process dies, its copy is woken and goes on
// in its place, with the State that belongs to it. There are up to three: as it
// is now, as it was before the last cell (Undo), and with nothing defined
// (Restart). Cells that need not be kept by a copy, because they do the same when
// they are run again, are logged (Log) and run again after the copy is woken.
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
//	watch    waits for the process's end and replaces it
//	copy     for each copy that is made; ends within freezeLimit
//
// and per running cell:
//
//	stdin    sleeps between looks at who reads standard input; ends with the cell
//	deadlock looks from time to time, from the second second on, whether the cell can
//	         still go on
//	stop     exists after an interrupt, until all have been told
//	escalate exists after an interrupt; ends the cell's children that take no
//	         notice; ends with the cell, at the latest after a second, when it
//	         kills the runtime
package supervisor
