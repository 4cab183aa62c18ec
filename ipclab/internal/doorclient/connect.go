package doorclient

import (
	"encoding/binary"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
	"ipclab/ipclab/internal/ownfd"
)

// connect makes a connection to the server of a door.
func connect(fd int, deadline time.Time) (*connection, error) {
	if _, ok := doorwire.Identify(fd); !ok {
		return nil, ErrNoDoor
	}
	if Ended(fd) {
		return nil, ErrDead
	}
	sweep()
	pid := os.Getpid()
	mine, theirs, err := ownfd.KeepPair(func() ([2]int, error) {
		return unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	})
	if err != nil {
		return nil, err
	}
	c := &connection{fd: mine}
	known := false
	defer func() {
		if !known {
			ownfd.Drop(mine)
		}
	}()
	if os.Getpid() != pid { // this is a child's copy, and what was opened is the parent's
		unix.Close(theirs)
		return nil, ErrDead
	}
	err = c.introduce(fd, theirs, deadline)
	known = err == nil
	if doorwire.Gone(err) {
		err = ErrDead
	}
	return c, err
}

// introduce gives the server its end of the connection and waits for what it says of the door.
func (c *connection) introduce(door, theirs int, deadline time.Time) error {
	if err := give(door, theirs, deadline); err != nil {
		return err
	}
	m, err := receive(c.fd, deadline)
	if err != nil {
		return err
	}
	m.Close()
	switch {
	case m.Kind == doorwire.Reply && m.Errno == unix.EBADF:
		return ErrDead
	case m.Kind == doorwire.Reply && m.Errno != 0:
		return &Refused{m.Errno}
	}
	if m.Kind != doorwire.Hello || !c.info.read(m.Data) {
		return ErrNoDoor
	}
	return nil
}

// give sends the server its end, and closes it here: else the end of the server would not be that of the connection.
func give(door, theirs int, deadline time.Time) error {
	defer unix.Close(theirs)
	return send(door, &doorwire.Message{Kind: doorwire.Connect, Files: []int{theirs}}, deadline)
}

// read takes an Info apart; false if it is none.
func (i *Info) read(b []byte) bool {
	const size = 4 + 4 + 5*8
	if len(b) != size {
		return false
	}
	i.PID, i.Attributes = int(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint32(b[4:])
	for n, v := range []*uint64{&i.ID, &i.DataLeast, &i.DataMost, &i.FilesMost, &i.Threads} {
		*v = binary.LittleEndian.Uint64(b[8+8*n:])
	}
	return true
}

// Ask returns what the server tells of the door now.
func Ask(fd int, deadline time.Time) (Info, error) {
	k, err := keyOf(fd)
	if err != nil {
		return Info{}, err
	}
	closes := closesSoFar()
	c, err := connect(fd, deadline)
	if err != nil {
		return Info{}, err
	}
	put(fd, k, c, closes)
	return c.info, nil
}
