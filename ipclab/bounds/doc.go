// Package bounds says how much memory the processes of a notebook may use, and how many of them there may be at once.
//
// Two environment variables of the kernel set the bounds, IPCLAB_MEMORY and IPCLAB_PROCESSES. The package reads them,
// finds the processes that count, and has Fork refuse to make one too many. What goes round Fork (a shell, a C program,
// os/exec) is left to the kernel process, which looks at the processes from outside and ends those that go too far.
//
// It is no protection against a cell that means harm: it is for mistakes.
//
// The hazard: processes come and go while they are counted. A count is right for a moment at most.
package bounds
