package ipclab

import "golang.org/x/sys/unix"

// Pipe makes a pipe: a stream of bytes in one direction, kept by the kernel. What is written to w can be read from r,
// in order, each byte once. Both descriptors are inherited by forked children, which is how two processes come to hold
// the two ends.
//
// A read from an empty pipe blocks as long as any process holds a write end, the reader itself included, and returns
// end of file after that: each process should close the end that it does not use. A write to a full pipe (64 KiB)
// blocks as long as any process holds a read end, and fails with EPIPE after that.
//
// As in C, the descriptors are not close-on-exec: programs started from this process have them too, until both are
// closed here. Errors: EMFILE when the process has too many descriptors open. See pipe(2) and pipe(7).
func Pipe() (r, w FD, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], 0); err != nil {
		return -1, -1, &Error{Call: "pipe", Err: err}
	}
	return FD(ends[0]), FD(ends[1]), nil
}
