package ipclab

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorserver"
	"ipclab/ipclab/internal/doorwire"
)

// A DoorServer is the procedure behind a door. It gets the cookie that was given to DoorCreate, a copy of the argument
// of the call, and the descriptors that were passed, which are its own to close. It answers by DoorReturn; one that just
// returns gives an empty result. It is called on several threads at a time and has to lock what it shares.
//
// When nobody refers to a door with DoorUnref any more, arg is nil; in a call it never is, though it may be empty.
//
// A panic of the procedure is told on standard error and ends the call, with EINTR for the caller, and nothing else. So
// does runtime.Goexit.
type DoorServer func(cookie any, arg []byte, desc []DoorDesc)

// DoorAttributes are properties of a door, or of a descriptor that is passed through one.
type DoorAttributes uint32

// Attributes for DoorCreate, to be joined by |, and those that DoorInfo adds.
const (
	// DoorUnref has the procedure called, once and without a caller, when only the creator refers to the door any more.
	DoorUnref = DoorAttributes(doorserver.Unref)
	// DoorUnrefMulti is DoorUnref for every time that this happens.
	DoorUnrefMulti = DoorAttributes(doorserver.UnrefMulti)
	// DoorRefuseDesc is for a door that takes no descriptors: calls that pass some fail with ENOTSUP.
	DoorRefuseDesc = DoorAttributes(doorserver.RefuseFiles)
	// DoorNoCancel says that a procedure goes on when its caller gives up. Here it always does.
	DoorNoCancel DoorAttributes = 1 << 7
	// DoorPrivate says that the door does not share its server threads with others. Here none does.
	DoorPrivate DoorAttributes = 1 << 1
	// DoorLocal is in what DoorInfo says in the process that serves the door.
	DoorLocal DoorAttributes = 1 << 2
	// DoorRevoked is in what DoorInfo says of a door that was revoked, or whose server has ended.
	DoorRevoked DoorAttributes = 1 << 3

	// DoorDescriptor is an attribute of each descriptor that is passed.
	DoorDescriptor DoorAttributes = 1 << 16
	// DoorRelease is an attribute of a descriptor that the sender gives away: it is closed there once it has been passed.
	DoorRelease DoorAttributes = 1 << 18
)

const doorAttributesMost = DoorUnref | DoorUnrefMulti | DoorRefuseDesc | DoorNoCancel | DoorPrivate

// String names the attributes, as in "DoorUnref|DoorLocal".
func (a DoorAttributes) String() string {
	names := []struct {
		bit  DoorAttributes
		name string
	}{
		{DoorUnref, "DoorUnref"}, {DoorPrivate, "DoorPrivate"}, {DoorLocal, "DoorLocal"}, {DoorRevoked, "DoorRevoked"},
		{DoorUnrefMulti, "DoorUnrefMulti"}, {DoorRefuseDesc, "DoorRefuseDesc"}, {DoorNoCancel, "DoorNoCancel"},
		{DoorDescriptor, "DoorDescriptor"}, {DoorRelease, "DoorRelease"},
	}
	text := ""
	for _, n := range names {
		if a&n.bit != 0 {
			text += "|" + n.name
			a &^= n.bit
		}
	}
	if a != 0 || text == "" {
		text += fmt.Sprintf("|%#x", uint32(a))
	}
	return text[1:]
}

// DoorCreate makes a door, a procedure of this process that others can call, and returns a descriptor of it. Others get
// at the door by a path to which DoorAttach attaches it, by a descriptor that is passed to them, or because they were
// forked from this process:
//
//	door, err := ipclab.DoorCreate(server, nil, 0)
//	fd, err := ipclab.Open("/tmp/door", unix.O_CREAT|unix.O_WRONLY, 0o666) // creat(2)
//	fd.Close()
//	ipclab.DoorDetach("/tmp/door") // whatever was attached before; an error says that nothing was
//	err = ipclab.DoorAttach(door, "/tmp/door")
//	select {} // or go on: calls are answered in the background
//
// Calls are answered as long as the process lives, in a notebook also after the cell has ended, by up to 16 server
// threads at a time; more calls wait for one, in the order in which they came. DoorSetParam changes the number. The door
// ends by DoorRevoke, by the end of the process, or when its descriptors are closed everywhere and it is attached nowhere.
//
// Doors are Solaris's. Here a door is made of UNIX domain sockets; DoorDifferences lists in what that shows. A child made
// by Fork can call the door through the descriptor it has inherited, and it is the parent that answers. After %undo, a
// restart or the end of the notebook's process the door is gone, as after the end of any server: its descriptors and
// calls give EBADF, a call that was being answered EINTR, and a path that is left is replaced by the next DoorAttach.
//
// The descriptor is close-on-exec. The cookie is for the procedure, which gets it with each call; it may be nil.
//
// Errors: EINVAL if the procedure is nil or an attribute is unknown; EMFILE. See door_create(3C) of Solaris.
func DoorCreate(server DoorServer, cookie any, attributes DoorAttributes) (FD, error) {
	switch {
	case server == nil:
		return -1, &Error{Call: "door_create", Err: because(unix.EINVAL, "the server procedure is nil")}
	case attributes&^doorAttributesMost != 0:
		return -1, &Error{Call: "door_create", Arg: "attributes " + attributes.String(), Err: because(unix.EINVAL,
			"want 0 or some of %v", doorAttributesMost)}
	}
	_, fd, err := doorserver.New(doorserver.Config{
		Procedure:  func(c *doorserver.Call) { answerCall(c, server, cookie) },
		Panicked:   doorPanicked,
		Attributes: uint32(attributes),
	})
	if err != nil {
		return -1, &Error{Call: "door_create", Err: err}
	}
	return lowestFD(fd, unix.F_DUPFD_CLOEXEC), nil
}

// answerCall calls the procedure for one call.
func answerCall(c *doorserver.Call, server DoorServer, cookie any) {
	data := c.Data
	if data == nil && !c.Notice {
		data = []byte{}
	}
	server(cookie, data, receivedDescs(c.Files))
}

// doorPanicked tells of a panic of a procedure.
func doorPanicked(value any) {
	fmt.Fprintf(os.Stderr, "panic in the server procedure of a door: %v\n", value)
}

// lowestFD returns fd under the lowest number that is free, as a call that opens one descriptor would.
func lowestFD(fd, duplicate int) FD {
	low, err := unix.FcntlInt(uintptr(fd), duplicate, 0)
	if err != nil {
		return FD(fd)
	}
	unix.Close(fd)
	return FD(low)
}

// DoorRevoke ends a door and closes the descriptor. Calls that are being answered are answered; those that wait for a
// server thread, and all later ones, fail with EBADF, through whatever descriptor. It is attached nowhere any more.
// Errors: EBADF for a descriptor that is no door's, or a door that is gone; EPERM in a process that does not serve the
// door. See door_revoke(3C) of Solaris.
func DoorRevoke(door FD) error {
	d, err := ownDoor(door)
	if err != nil {
		return &Error{Call: "door_revoke", Arg: door.String(), Err: err}
	}
	d.Revoke()
	return door.Close()
}

// ownDoor finds the door of this process to which a descriptor belongs.
func ownDoor(door FD) (*doorserver.Door, error) {
	id, ok := identifyDoor(door)
	if !ok {
		return nil, errNoDoor
	}
	d := doorserver.Find(id)
	if d == nil && doorEnded(door) {
		return nil, errDeadDoor
	}
	if d == nil {
		return nil, because(unix.EPERM, "another process serves the door")
	}
	return d, nil
}

// identifyDoor returns the id of the door to which a descriptor belongs.
func identifyDoor(door FD) (uint64, bool) {
	fd, err := door.checked()
	if err != nil {
		return 0, false
	}
	return doorwire.Identify(fd)
}

var (
	errNoDoor   = because(unix.EBADF, "it is not open, or not a door; DoorOpen and DoorCreate give descriptors of doors")
	errDeadDoor = because(unix.EBADF, "the door was revoked, or its server has ended")
)
