package means

import (
	"crypto/rand"
	"fmt"

	"golang.org/x/sys/unix"
)

// queueMost is the size of the largest message of both kinds of message queue, unless the system was told otherwise.
const queueMost = 8192

var mqueues = []*Means{{
	Name: "mqueue", Style: Raw, Least: 1, Most: queueMost, Copies: 2, OneWay: true,
	About: "a message in a POSIX message queue for each direction: mq_send(3) and mq_receive(3); nobody is told that the other has ended",
	Open:  openMqueues,
}}

func openMqueues(size int) (Line, error) {
	there, back, err := twice(func() ([2]int, error) {
		fd, err := openMqueue(size)
		return [2]int{fd, fd}, err
	})
	if err != nil {
		return nil, err
	}
	return crossed(there, back, newMqueueEnd), nil
}

// openMqueue makes a queue and removes its name at once.
func openMqueue(size int) (int, error) {
	name := append([]byte("ipclab-"+rand.Text()), 0)
	fd, err := mqOpen(name, size)
	switch err {
	case nil:
	case unix.EMFILE:
		return -1, fmt.Errorf("mq_open: the queues of this user have as many bytes as they may (ulimit -q): %w", err)
	case unix.EINVAL:
		return -1, fmt.Errorf("mq_open: messages of %d bytes: see /proc/sys/fs/mqueue/msgsize_max: %w", size, err)
	default:
		return -1, fmt.Errorf("mq_open: %w", err)
	}
	if err := mqUnlink(name); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("mq_unlink: %w", err)
	}
	return fd, nil
}

// A mqueueEnd sends to one queue and receives from the other.
type mqueueEnd struct{ in, out int }

func newMqueueEnd(in, out int) (End, error) {
	ownTable()
	return &mqueueEnd{in, out}, nil
}

func (e *mqueueEnd) Send(message []byte) error    { return mqSend(e.out, message) }
func (e *mqueueEnd) Receive(message []byte) error { return mqReceive(e.in, message) }
