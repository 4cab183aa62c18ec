package ipclab

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"
)

// Splice moves at most n bytes from one descriptor to another inside the operating system, at least one of which is a
// pipe's, and returns how many; the bytes pass through no memory of this process. Like Read, it blocks until there is
// something to move, and room for it, and returns 0 and no error at end of file. A call that a signal interrupts is made
// again.
//
// Errors: EINVAL if neither is a pipe, if both are ends of the same one, if out was opened with O_APPEND, or if n is
// negative; EBADF for a descriptor that is not open for reading or writing; EAGAIN for one with O_NONBLOCK that would
// block; EPIPE if nobody can read from out. See splice(2).
func Splice(in, out FD, n int) (int, error) {
	return moveBytes("splice", in, out, n, func(from, to int) (int, error) {
		moved, err := unix.Splice(from, nil, to, nil, n, 0)
		return int(moved), err
	}, "one of the two has to be a pipe, not both ends of the same one, and no file opened with O_APPEND")
}

// Tee copies at most n bytes from one pipe to another without taking them from the first, and returns how many: what is
// read or spliced from in afterwards is the same bytes. It blocks until there is something to copy, and room for it, and
// returns 0 and no error at end of file. Called again before in was read, it copies the same bytes again.
//
// Errors: EINVAL if either is not a pipe, if both are ends of the same one, or if n is negative; the others are those of
// Splice. See tee(2).
func Tee(in, out FD, n int) (int, error) {
	return moveBytes("tee", in, out, n, func(from, to int) (int, error) {
		moved, err := unix.Tee(from, to, n, 0)
		return int(moved), err
	}, "both have to be pipes, and different ones")
}

// moveBytes checks the arguments of splice and tee and makes the call.
func moveBytes(name string, in, out FD, n int, call func(from, to int) (int, error), invalid string) (int, error) {
	arg := fmt.Sprintf("%v to %v, %s", in, out, bytesText(n))
	if n < 0 || n > math.MaxInt32 {
		return 0, &Error{Call: name, Arg: arg, Err: because(unix.EINVAL, "want 0 to %d bytes", math.MaxInt32)}
	}
	from, err := in.checked()
	to, err2 := out.checked()
	if err == nil {
		err = err2
	}
	moved := 0
	if err == nil {
		moved, err = retry(func() (int, error) { return call(from, to) })
	}
	if err == unix.EINVAL {
		err = because(unix.EINVAL, "%s", invalid)
	}
	if err != nil {
		return 0, &Error{Call: name, Arg: arg, Err: err}
	}
	return moved, nil
}
