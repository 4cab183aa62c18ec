package ipclab

import "golang.org/x/sys/unix"

// Dup2 makes descriptor to refer to what from refers to. What was open under to is closed first, without a word. Both
// numbers are good afterwards and share one offset and one set of status flags; to is not close-on-exec. With from
// equal to to, it only checks that from is open.
//
// After Dup2(r, 0) standard input comes from the pipe, for fmt.Scan as for programs started from here; after
// Dup2(w, 1) standard output goes to it. The notebook puts 0, 1 and 2 of its own process back after each cell.
//
// Errors: EBADF for a from that is not open, or a to that is negative or beyond the process's limit; EPERM for a to
// that the kernel of the notebook or the Go runtime needs for itself. See dup2(2).
func Dup2(from, to FD) error {
	old, err := from.checked()
	if err != nil {
		return from.failed("dup2", err)
	}
	if from == to {
		if _, err := unix.FcntlInt(uintptr(old), unix.F_GETFD, 0); err != nil {
			return from.failed("dup2", err)
		}
		return nil
	}
	if err := to.available(); err != nil {
		return to.failed("dup2", err)
	}
	if _, err := retry(func() (int, error) { return 0, unix.Dup3(old, int(to), 0) }); err != nil {
		return atFault(from, to).failed("dup2", err)
	}
	return nil
}

// atFault returns from unless it is open, for a dup2 that failed: the errno does not say which of the two it means.
func atFault(from, to FD) FD {
	if _, err := unix.FcntlInt(uintptr(from), unix.F_GETFD, 0); err != nil {
		return from
	}
	return to
}
