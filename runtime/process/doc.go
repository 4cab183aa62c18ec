// Package process is the runtime process: it takes cells from the kernel one
// after another, runs them, and tells how they ended.
//
// It starts with five descriptors of the kernel's making: standard input,
// output and error are pipes to the kernel, 3 is the requests socket, 4 the
// events socket (package wire), 5 the read end of a pipe, the lifeline, whose
// write end the kernel alone holds. The last three are moved out of the way at
// once, so that a cell's first pipe gets the low numbers it gets in any other
// program.
//
// Goroutines of the runtime process, besides the interpreter's:
//
//	main       waits for requests, runs each cell, and makes frozen copies of the process;
//	           ends with the process
//	receive    blocks in recvmsg on the requests socket; ends at end of file
//	look       exists while the kernel asks what a variable holds, between cells; receive
//	           ends it before a cell begins
//	lifeline   waits for the end of file of the lifeline, and then it ends every process
//	           of this kernel, removes what the kernel left, and exits
//
// In a frozen copy that was woken all of them go on: the kernel gives it
// descriptors in the place of these (HandOver), and it says Ready as at the start.
//
// The hazard: a cell may fork, and then all of these exist in the child too.
// There the requests socket reads end of file from the first moment, so no
// child can take a request; receive then stops, main waits for ever, and the
// cell's goroutine, which goes on, exits when the cell ends.
package process
