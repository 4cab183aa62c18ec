package ipclab

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// An Error says which call failed, on what, and why. errors.Is(err, unix.EBADF) and the like look through it.
type Error struct {
	Call string // the system call, or the function of this package
	Arg  string // the argument at fault, "descriptor 7" for example; may be empty
	Err  error  // why: as a rule an errno, of type unix.Errno
}

// Error returns the call, the argument and the reason, with the errno's name: "close: descriptor 7: bad file
// descriptor (EBADF)".
func (e *Error) Error() string {
	if e == nil {
		return "no error"
	}
	s := e.Call
	if e.Arg != "" {
		s += ": " + e.Arg
	}
	if e.Err == nil {
		return s
	}
	s += ": " + e.Err.Error()
	if no, ok := errors.AsType[unix.Errno](e.Err); ok {
		name := " (" + errnoName(no) + ")"
		s = strings.TrimSuffix(s, name) + name // an *Error inside has said it already
	}
	return s
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// errnoName returns the name of an errno, such as EBADF.
func errnoName(no unix.Errno) string {
	if name := unix.ErrnoName(no); name != "" {
		return name
	}
	return fmt.Sprintf("errno %d", int(no))
}

// because makes a reason that says more than its errno does and still is that errno to errors.Is.
func because(no unix.Errno, format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), no)
}
