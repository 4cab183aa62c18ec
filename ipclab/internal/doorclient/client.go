// Package doorclient is the calling side of doors: it sends a call and waits for the answer.
//
// It does not know what a door descriptor is beyond its being a socket by which to reach the server: see doorserver.
// For each call that is going on at a time it makes a connection, a pair of sockets of which the server gets one, and
// keeps it for later calls through the same descriptor.
//
// The hazard: connections are this process's own. A forked child must not use its parent's, and makes its own.
package doorclient

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
	"ipclab/ipclab/internal/ownfd"
)

// Errors of a call.
var (
	ErrNoDoor = errors.New("not a door descriptor")
	ErrDead   = errors.New("the door was revoked, or its server has ended")
	ErrEnded  = errors.New("the server ended before it answered")
)

// Refused is the error if the server takes no connection.
type Refused struct{ Errno unix.Errno }

func (r *Refused) Error() string { return "the server refused the connection: " + r.Errno.Error() }

// Unwrap returns the errno.
func (r *Refused) Unwrap() error { return r.Errno }

// An Info is what a server tells of its door.
type Info struct {
	PID                                         int
	Attributes                                  uint32
	ID, DataLeast, DataMost, FilesMost, Threads uint64
}

// Call calls the door and returns the answer; its Errno is what the server found wrong with the call. Data of the answer
// that came in a file have to be loaded. A zero deadline is none; after it the error is ETIMEDOUT.
func Call(fd int, data []byte, files []int, deadline time.Time) (*doorwire.Message, error) {
	k, err := keyOf(fd)
	if err != nil {
		return nil, err
	}
	m := &doorwire.Message{Kind: doorwire.Call, Data: data, Files: files}
	for {
		c, closes := take(k)
		fresh := c == nil
		if fresh {
			if c, err = connect(fd, deadline); err != nil {
				return nil, err
			}
		}
		answer, sent, err := c.call(m, deadline)
		if answer != nil {
			put(fd, k, c, closes)
		}
		switch {
		case err == nil:
			return answer, nil
		case !doorwire.Gone(err):
			return nil, err
		case sent:
			return nil, ErrEnded
		case fresh:
			return nil, ErrDead
		}
	}
}

// call makes a call on a connection, which is dropped if it was not answered, also if the wait is ended by a panic.
func (c *connection) call(m *doorwire.Message, deadline time.Time) (answer *doorwire.Message, sent bool, err error) {
	defer func() {
		if answer == nil {
			ownfd.Drop(c.fd)
		}
	}()
	if err := send(c.fd, m, deadline); err != nil {
		return nil, false, err
	}
	answer, err = receive(c.fd, deadline)
	if err == nil && answer.Kind != doorwire.Reply {
		answer.Close()
		answer, err = nil, doorwire.ErrMalformed
	}
	return answer, true, err
}
