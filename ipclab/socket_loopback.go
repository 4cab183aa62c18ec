package ipclab

import (
	"errors"

	"golang.org/x/sys/unix"
)

// loopbackPair makes two network sockets of this machine, the first connected to the second.
func loopbackPair(kind int) (FD, FD, error) {
	from, to, done := FD(-1), FD(-1), false
	defer func() {
		if !done { // also when the cell is interrupted, which ends a wait by a panic
			shut(&from)
			shut(&to)
		}
	}()
	var err error
	if to, err = Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, -1, err
	}
	if from, err = Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, -1, err
	}
	err = to.Bind("127.0.0.1:0")
	if kind == unix.SOCK_STREAM {
		err = errors.Join(err, to.Listen(1))
	}
	if err == nil {
		err = from.Connect(to.ownName())
	}
	if err == nil && kind == unix.SOCK_STREAM {
		err = acceptInto(&to)
	}
	if err != nil {
		return -1, -1, err
	}
	done = true
	return from, to, nil
}

// acceptInto replaces a listening socket by the first connection to it.
func acceptInto(s *FD) error {
	connection, _, err := s.Accept(unix.SOCK_CLOEXEC)
	if err == nil {
		shut(s)
		*s = connection
	}
	return err
}
