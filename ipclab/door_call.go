package ipclab

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorclient"
	"ipclab/ipclab/internal/doorserver"
	"ipclab/ipclab/internal/doorwire"
)

// A DoorArg is what goes into a door call, and what comes back.
type DoorArg struct {
	// Data are the argument, up to 1 GiB; after the call, the result.
	Data []byte
	// Desc are the descriptors to pass, up to 252; after the call, those that came with the result, which are the
	// caller's to close.
	Desc []DoorDesc
	// RBuf is room for the result. A result that does not fit is put into new memory, and RBuf is that afterwards.
	RBuf []byte
}

// A DoorDesc is a descriptor that is passed with a call or its result. The receiver gets a descriptor of its own, with
// another number, on the same open pipe, file, socket or door.
type DoorDesc struct {
	Attributes DoorAttributes // DoorRelease: give it away; in what is received, DoorDescriptor and, if it is a door of this process, DoorLocal
	FD         FD
	ID         uint64 // of a door, in what is received: the same number for the same door; else 0
}

// DoorCall calls the procedure behind a door and waits for the result. The argument and the descriptors in arg go to the
// procedure; what it returns is in arg afterwards. A nil arg passes nothing and takes no result.
//
// A signal does not end the call; interrupting the cell does. DoorCallWithin is DoorCall with a time limit. When a caller
// gives up, the procedure runs on and its result is thrown away.
//
// Errors: EBADF for a descriptor that is no door's, for a door that was revoked or whose server has ended, and for a
// descriptor to pass that is not open; EINTR if the server ends before it has answered, or its procedure panics, and in a
// child that was forked while the call was going on; ENOBUFS if the door takes no argument of that size, ENFILE if it
// takes fewer descriptors, ENOTSUP if it takes none, see DoorSetParam; EMFILE if there are too many descriptors here or in
// the server; EAGAIN if the server has thousands of clients already; E2BIG for more data or descriptors than can be passed. See door_call(3C) of Solaris.
func DoorCall(door FD, arg *DoorArg) error { return doorCall(door, arg, time.Time{}) }

// DoorCallWithin is DoorCall with a time limit. Errors: ETIMEDOUT when the limit has passed; EINVAL for a negative one;
// those of DoorCall.
func DoorCallWithin(door FD, arg *DoorArg, limit time.Duration) error {
	if limit < 0 {
		return doorFailed("door_call", door, because(unix.EINVAL, "limit %v: want 0 or more", limit))
	}
	err := doorCall(door, arg, time.Now().Add(limit))
	if errors.Is(err, unix.ETIMEDOUT) {
		return doorFailed("door_call", door, because(unix.ETIMEDOUT, "there was no answer within %v", limit))
	}
	return err
}

// doorCall makes a call. A zero deadline is none.
func doorCall(door FD, arg *DoorArg, deadline time.Time) error {
	if arg == nil {
		arg = &DoorArg{}
		defer func() { closeDescs(arg.Desc) }()
	}
	fd, err := door.checked()
	if err != nil {
		return doorFailed("door_call", door, errNoDoor)
	}
	files, done, err := passableDescs(arg.Data, arg.Desc)
	if err != nil {
		return doorFailed("door_call", door, err)
	}
	m, err := doorclient.Call(fd, arg.Data, files, deadline)
	done()
	if err != nil {
		return doorFailed("door_call", door, doorCallReason(err, arg.Desc))
	}
	if m.Errno != 0 {
		m.Close()
		return doorFailed("door_call", door, doorAnswerReason(m.Errno))
	}
	if err := m.Load(arg.RBuf); err != nil {
		m.Close()
		return doorFailed("door_call", door, err)
	}
	releaseDescs(arg.Desc)
	arg.take(m)
	return nil
}

// take puts the answer into arg.
func (arg *DoorArg) take(m *doorwire.Message) {
	arg.Data, arg.Desc = m.Data, receivedDescs(m.Files)
	if n := len(m.Data); n <= len(arg.RBuf) {
		arg.Data = arg.RBuf[:n]
		copy(arg.Data, m.Data) // onto itself if it was loaded there
	} else {
		arg.RBuf = m.Data
	}
}

// passableDescs returns the descriptors to send. A door of this process is sent as a new descriptor that counts as another
// process's; done closes it here.
func passableDescs(data []byte, desc []DoorDesc) (files []int, done func(), err error) {
	var made []int
	done = func() {
		for _, fd := range made {
			unix.Close(fd)
		}
	}
	if len(data) > doorwire.DataMost || len(desc) > doorwire.FilesMost {
		return nil, done, because(unix.E2BIG, "%d bytes and %d descriptors; at most %d and %d can be passed",
			len(data), len(desc), doorwire.DataMost, doorwire.FilesMost)
	}
	for _, d := range desc {
		fd, err := d.FD.checked()
		if d.Attributes&DoorRelease != 0 && err == nil {
			err = d.FD.available()
		}
		if id, ok := identifyDoor(d.FD); ok && err == nil {
			if own := doorserver.Find(id); own != nil {
				if fd, err = own.Duplicate(); err == nil {
					made = append(made, fd)
				}
			}
		}
		if err != nil {
			done()
			return nil, func() {}, &Error{Call: "pass", Arg: d.FD.String(), Err: err}
		}
		files = append(files, fd)
	}
	return files, done, nil
}

// receivedDescs makes what a procedure or caller gets of descriptors that were passed.
func receivedDescs(files []int) []DoorDesc {
	var desc []DoorDesc
	for _, fd := range files {
		d := DoorDesc{Attributes: DoorDescriptor, FD: FD(fd)}
		if id, ok := doorwire.Identify(fd); ok {
			d.ID = id
			if doorserver.Find(id) != nil {
				d.Attributes |= DoorLocal
			}
		}
		desc = append(desc, d)
	}
	return desc
}

// releaseDescs closes what was given away.
func releaseDescs(desc []DoorDesc) {
	for _, d := range desc {
		if d.Attributes&DoorRelease != 0 {
			d.FD.Close()
		}
	}
}

// closeDescs closes descriptors that nobody asked for.
func closeDescs(desc []DoorDesc) {
	for _, d := range desc {
		d.FD.Close()
	}
}

// doorCallReason says why a call got no answer.
func doorCallReason(err error, desc []DoorDesc) error {
	if refused, ok := errors.AsType[*doorclient.Refused](err); ok {
		return doorAnswerReason(refused.Errno)
	}
	switch {
	case errors.Is(err, doorclient.ErrNoDoor):
		return errNoDoor
	case errors.Is(err, doorclient.ErrDead):
		return errDeadDoor
	case errors.Is(err, doorclient.ErrEnded):
		return because(unix.EINTR, "the server ended before it answered")
	case err == unix.EBADF:
		return descNotOpen(desc)
	}
	return err
}

// descNotOpen says which of the descriptors to pass is not open.
func descNotOpen(desc []DoorDesc) error {
	for _, d := range desc {
		if _, err := unix.FcntlInt(uintptr(d.FD), unix.F_GETFD, 0); err == unix.EBADF {
			return &Error{Call: "pass", Arg: d.FD.String(), Err: unix.EBADF}
		}
	}
	return unix.EBADF
}

// doorAnswerReason says what a server meant by an errno.
func doorAnswerReason(errno unix.Errno) error {
	switch errno {
	case unix.EINTR:
		return because(errno, "the server procedure ended without DoorReturn, by a panic or runtime.Goexit")
	case unix.EBADF:
		return errDeadDoor
	case unix.ENOBUFS:
		return because(errno, "the door takes no argument of that size; DoorGetParam tells which it takes")
	case unix.ENFILE:
		return because(errno, "the door takes fewer descriptors; DoorGetParam tells how many")
	case unix.ENOTSUP:
		return because(errno, "the door was made with DoorRefuseDesc and takes no descriptors")
	case unix.EAGAIN:
		return because(errno, "the server has too many clients")
	case unix.EMFILE:
		return because(errno, "the server has no room for the descriptors")
	}
	return fmt.Errorf("the server refused the call: %w", errno)
}

// doorFailed makes the error of a call on a door.
func doorFailed(call string, door FD, err error) error {
	return &Error{Call: call, Arg: door.String(), Err: err}
}

// doorEnded reports whether the server of a door is gone.
func doorEnded(door FD) bool { return doorclient.Ended(int(door)) }
