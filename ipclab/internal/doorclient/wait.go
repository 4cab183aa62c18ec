package doorclient

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
	"ipclab/ipclab/interrupts"
)

// send sends a message, for as long as the socket is full and signals interrupt.
func send(fd int, m *doorwire.Message, deadline time.Time) error {
	for {
		err := doorwire.Send(fd, m, unix.MSG_DONTWAIT)
		switch err {
		case unix.EAGAIN:
			if err := await(fd, unix.POLLOUT, deadline); err != nil {
				return err
			}
		case unix.EINTR:
			interrupts.Check()
		default:
			return err
		}
	}
}

// receive waits for a message.
func receive(fd int, deadline time.Time) (*doorwire.Message, error) {
	flags := 0
	if !deadline.IsZero() {
		flags = unix.MSG_DONTWAIT
	}
	for {
		m, err := doorwire.Receive(fd, flags)
		switch err {
		case unix.EAGAIN:
			if err := await(fd, unix.POLLIN, deadline); err != nil {
				return nil, err
			}
		case unix.EINTR:
			interrupts.Check()
		default:
			return m, err
		}
	}
}

// await waits until the socket is ready; the error is ETIMEDOUT if it is not by the deadline.
func await(fd int, events int16, deadline time.Time) error {
	for {
		timeout := -1
		if !deadline.IsZero() {
			left := time.Until(deadline)
			if left <= 0 {
				return unix.ETIMEDOUT
			}
			timeout = int((left + time.Millisecond - 1) / time.Millisecond)
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, timeout)
		switch {
		case err == unix.EINTR:
			interrupts.Check()
		case err != nil:
			return err
		case n > 0:
			return nil
		}
	}
}
