package means

import (
	"encoding/binary"
	"fmt"
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Constants of System V IPC that amd64 and arm64 share.
const (
	ipcPrivate = 0
	ipcRemove  = 0
	ipcOwner   = 0o600
)

// messageQueues are a message queue for each direction.
type messageQueues struct {
	size int
	ids  [2]int // to which each side sends
}

func (q *messageQueues) create() error {
	for i := range q.ids {
		id, _, errno := syscall.RawSyscall6(unix.SYS_MSGGET, ipcPrivate, ipcOwner, 0, 0, 0, 0)
		if errno != 0 {
			for _, made := range q.ids[:i] {
				removeQueue(made)
			}
			return fmt.Errorf("msgget: %w", errno)
		}
		q.ids[i] = int(id)
	}
	return nil
}

func (q *messageQueues) remove() (err error) {
	for _, id := range q.ids {
		if e := removeQueue(id); e != nil {
			err = e
		}
	}
	return err
}

func removeQueue(id int) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_MSGCTL, uintptr(id), ipcRemove, 0, 0, 0, 0)
	return reason(errno)
}

// typeSize is the size of the type, a long, that comes before a message.
const typeSize = 8

func (q *messageQueues) end(side Side) End {
	e := &messageEnd{in: q.ids[1-side], out: q.ids[side], sent: make([]byte, typeSize+q.size), got: make([]byte, typeSize+q.size)}
	binary.NativeEndian.PutUint64(e.sent, 1)
	return e
}

// A messageEnd sends to one queue and receives from the other.
type messageEnd struct {
	in, out   int
	sent, got []byte // a type and a message
}

func (e *messageEnd) Send(message []byte) error {
	copy(e.sent[typeSize:], message)
	for {
		_, _, errno := syscall.RawSyscall6(unix.SYS_MSGSND, uintptr(e.out), uintptr(unsafe.Pointer(unsafe.SliceData(e.sent))), uintptr(len(message)), 0, 0, 0)
		if errno != unix.EINTR {
			return reason(errno)
		}
	}
}

func (e *messageEnd) Receive(message []byte) error {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_MSGRCV, uintptr(e.in), uintptr(unsafe.Pointer(unsafe.SliceData(e.got))), uintptr(len(message)), 0, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return errno
		case int(n) != len(message):
			return io.ErrUnexpectedEOF
		default:
			copy(message, e.got[typeSize:])
			return nil
		}
	}
}

// A semaphoreSet is a set of two semaphores, to which each side adds to its own.
type semaphoreSet struct{ id int }

func (s *semaphoreSet) create() error {
	const semaphores = 2
	id, _, errno := syscall.RawSyscall6(unix.SYS_SEMGET, ipcPrivate, semaphores, ipcOwner, 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("semget: %w", errno)
	}
	s.id = int(id)
	return nil
}

func (s *semaphoreSet) remove() error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_SEMCTL, uintptr(s.id), 0, ipcRemove, 0, 0, 0)
	return reason(errno)
}

func (s *semaphoreSet) end(side Side) End {
	return &semopEnd{s.id, sembuf{uint16(side), 1, 0}, sembuf{uint16(1 - side), -1, 0}}
}

// A sembuf is struct sembuf: what semop(2) is to do.
type sembuf struct {
	number  uint16
	operand int16
	flags   int16
}

// A semopEnd adds to one semaphore and takes from the other.
type semopEnd struct {
	id       int
	up, down sembuf
}

func (e *semopEnd) Send([]byte) error    { return e.operate(&e.up) }
func (e *semopEnd) Receive([]byte) error { return e.operate(&e.down) }

func (e *semopEnd) operate(o *sembuf) error {
	for {
		_, _, errno := syscall.RawSyscall6(unix.SYS_SEMOP, uintptr(e.id), uintptr(unsafe.Pointer(o)), 1, 0, 0, 0)
		if errno != unix.EINTR {
			return reason(errno)
		}
	}
}
