package means

import (
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// A goEnd sends and receives as Go programs do. The runtime's poller waits for the descriptor, and the goroutine is asleep
// meanwhile, not the thread.
type goEnd struct {
	from io.Reader
	to   io.Writer
}

func (e *goEnd) Send(message []byte) error {
	_, err := e.to.Write(message)
	return err
}

func (e *goEnd) Receive(message []byte) error {
	_, err := io.ReadFull(e.from, message)
	return err
}

// newFileEnd makes an os.File of each descriptor. It belongs to the End from then on.
func newFileEnd(in, out int) (End, error) {
	from, err := pollable(in)
	if err != nil {
		return nil, err
	}
	if in == out {
		return &goEnd{from, from}, nil
	}
	to, err := pollable(out)
	if err != nil {
		return nil, err
	}
	return &goEnd{from, to}, nil
}

// pollable makes an os.File for which the poller waits: that is so if the descriptor does not block.
func pollable(fd int) (*os.File, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "measured"), nil
}

// newConnEnd makes a net.Conn of a socket.
func newConnEnd(fd, _ int) (End, error) {
	f := os.NewFile(uintptr(fd), "measured")
	defer f.Close() // the connection has a duplicate
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	return &goEnd{conn, conn}, nil
}
