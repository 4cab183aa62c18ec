package means

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorclient"
	"ipclab/ipclab/internal/doorserver"
	"ipclab/ipclab/internal/doorwire"
)

// doorMost is the size up to which a door passes data in a packet.
const doorMost = 64 << 10

var doors = []*Means{{
	Name: "door", Style: Go, Least: 1, Most: doorMost, Copies: 5,
	About: "the argument of a door_call, and its result for the answer: to send is to note the argument, to receive is to call; the server answers without a thread for its procedure",
	Open:  openDoor,
}}

// A doorLine is a socket pair over which the server gives the client its door.
type doorLine struct{ client, server int }

func openDoor(int) (Line, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	return &doorLine{pair[0], pair[1]}, nil
}

func (l *doorLine) Close() error {
	closeBoth([2]int{l.client, l.server})
	return nil
}

// Join makes the door, at the server's side.
func (l *doorLine) Join(side Side) (End, error) {
	if side == Client {
		unix.Close(l.server)
		return &doorCaller{socket: l.client, door: -1}, nil
	}
	unix.Close(l.client)
	return newDoorAnswerer(l.server)
}

// A doorCaller is the client. A call sends and receives in one: it is made when the answer is to be received.
type doorCaller struct {
	socket, door int
	argument     []byte
}

func (e *doorCaller) Send(message []byte) error {
	if e.door < 0 {
		if err := e.receiveDoor(); err != nil {
			return fmt.Errorf("receive the door: %w", err)
		}
	}
	e.argument = append(e.argument[:0], message...)
	return nil
}

// receiveDoor waits for the door.
func (e *doorCaller) receiveDoor() error {
	m, err := doorwire.Receive(e.socket, 0)
	for err == unix.EINTR {
		m, err = doorwire.Receive(e.socket, 0)
	}
	if err != nil {
		return err
	}
	if len(m.Files) != 1 {
		m.Close()
		return io.ErrUnexpectedEOF
	}
	e.door = m.Files[0]
	return nil
}

func (e *doorCaller) Receive(message []byte) error {
	m, err := doorclient.Call(e.door, e.argument, nil, time.Time{})
	if err != nil {
		return err
	}
	switch {
	case m.Errno != 0:
		return m.Errno
	case len(m.Data) != len(message):
		return io.ErrUnexpectedEOF
	}
	copy(message, m.Data)
	return nil
}

// A doorAnswerer is the server: Receive waits for a call, and Send answers it. What is missing of a door is the thread on
// which its procedure would run.
type doorAnswerer struct {
	conns chan *doorserver.Conn
	conn  *doorserver.Conn // of the client
	call  *doorserver.Call // that is to be answered
	ended chan struct{}    // is closed when the client has ended
}

func newDoorAnswerer(socket int) (End, error) {
	e := &doorAnswerer{conns: make(chan *doorserver.Conn), ended: make(chan struct{})}
	_, fd, err := doorserver.New(doorserver.Config{Served: func(c *doorserver.Conn) { e.conns <- c }})
	if err != nil {
		return nil, fmt.Errorf("make a door: %w", err)
	}
	if err := doorwire.Send(socket, &doorwire.Message{Kind: doorwire.Reply, Files: []int{fd}}, 0); err != nil {
		return nil, fmt.Errorf("send the door: %w", err)
	}
	go e.watch(socket)
	return e, nil
}

// watch waits for the end of a client that has not called.
func (e *doorAnswerer) watch(socket int) {
	for {
		m, err := doorwire.Receive(socket, 0)
		if err == nil {
			m.Close()
		} else if err != unix.EINTR {
			close(e.ended)
			return
		}
	}
}

func (e *doorAnswerer) Receive(message []byte) (err error) {
	if e.conn == nil {
		select {
		case e.conn = <-e.conns:
		case <-e.ended:
			return io.EOF
		}
	}
	if e.call, err = e.conn.Next(); err != nil {
		return err
	}
	if copy(message, e.call.Data) != len(e.call.Data) || len(e.call.Data) != len(message) {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func (e *doorAnswerer) Send(message []byte) error {
	err := e.call.Reply(message, nil)
	e.conn.Done(e.call)
	return err
}
