package ipclab

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorserver"
)

// DoorReturn gives a call its result and ends the server procedure: it does not return. Deferred calls of the procedure
// are made; what stands after DoorReturn is not reached, unless one of them recovers: it is done by a panic. The thread
// then waits for the next call.
//
// A caller that is gone, or has given up, is no error: the result is thrown away.
//
// Errors, after which the procedure goes on and can try again: EINVAL outside of a server procedure, in another goroutine
// than its own, and in a child that it has forked; EBADF for a descriptor that is not open; E2BIG for more than 1 GiB or
// 252 descriptors. See door_return(3C) of Solaris.
func DoorReturn(data []byte, desc ...DoorDesc) error {
	c := doorserver.Running()
	if c == nil {
		return &Error{Call: "door_return", Err: errNoDoorCall}
	}
	files, done, err := passableDescs(data, desc)
	if err == nil {
		err = c.Reply(data, files)
		done()
	}
	switch {
	case err == unix.EBADF:
		err = descNotOpen(desc)
	case errors.Is(err, doorserver.ErrTold):
		err = because(unix.EINVAL, "the call has its result already")
	}
	if err != nil {
		return &Error{Call: "door_return", Err: err}
	}
	releaseDescs(desc)
	panic(doorserver.Returned{})
}

var errNoDoorCall = because(unix.EINVAL, "no door call is being answered here; only the goroutine of a server procedure answers")

// DoorCredentials say who has called a door.
type DoorCredentials struct {
	EUID, EGID int // effective user and group
	RUID, RGID int // real user and group
	PID        int // process
}

// String returns "process 4242, user 1000, group 1000", with the real ids if they are others.
func (c DoorCredentials) String() string {
	s := fmt.Sprintf("%s, user %d, group %d", pidText(c.PID), c.EUID, c.EGID)
	if c.RUID != c.EUID || c.RGID != c.EGID {
		s += fmt.Sprintf(", real user %d, real group %d", c.RUID, c.RGID)
	}
	return s
}

// DoorCred returns who has made the call that the server procedure is answering. The caller cannot forge it: it is Linux
// that says it. Errors: EINVAL outside of a server procedure, and when it is called because of DoorUnref. See
// door_cred(3C) of Solaris, and unix(7), SO_PEERCRED and SCM_CREDENTIALS.
func DoorCred() (DoorCredentials, error) {
	c := doorserver.Running()
	if c == nil || c.Notice {
		return DoorCredentials{}, &Error{Call: "door_cred", Err: errNoDoorCall}
	}
	return DoorCredentials{
		EUID: c.Caller.EUID, EGID: c.Caller.EGID, RUID: c.Caller.RUID, RGID: c.Caller.RGID, PID: c.Caller.PID,
	}, nil
}
