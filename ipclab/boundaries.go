package ipclab

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// BoundariesOptions are what Boundaries may be told. The zero value is good.
type BoundariesOptions struct {
	Sizes []int // bytes of the messages, sent one after the other; none: 3, 5, 4
	Rooms []int // bytes of the receiver's buffer, one run each; none: 64, 4
}

// A BoundariesTable says what became of the limits between messages, by type of socket.
type BoundariesTable struct {
	sizes []int
	rows  []BoundariesRow
}

// A BoundariesRow is one run: what a receiver got by one type of socket, with one size of buffer.
type BoundariesRow struct {
	Socket   string // "UNIX stream", "UNIX seqpacket", "UNIX datagram", "TCP" or "UDP"
	Room     int    // bytes of the receiver's buffer
	Received []int  // bytes that came by each recv
	Cut      int    // of these, how many were told to be the beginning of a message only (MSG_TRUNC)
	Lost     int    // bytes that were sent and cannot be received
	End      bool   // end of file came when the sender had ended
}

// Bounds of the experiment.
const (
	boundariesMessagesMost = 64
	boundariesSizeMost     = 1024
)

// Boundaries shows what becomes of the limits between messages. For each type of socket and size of buffer, a child sends
// messages, each by one send, and exits; then this process receives until nothing is left. A stream keeps none of the
// limits: bytes come as they fit into the buffer, and a protocol has to say where a message ends. Datagrams and
// SOCK_SEQPACKET keep each: one recv gives one message, and what does not fit is lost, of which MSG_TRUNC tells. Only
// connections end: a datagram's receiver is not told that the sender has gone.
//
// No socket, file or process is left.
//
// Errors: EINVAL for options out of range (1 to 64 messages of 1 to 1024 bytes, buffers of 1 to 65,536 bytes); those of
// Socket and Fork. See socket(2), unix(7), tcp(7) and udp(7).
func Boundaries(options ...BoundariesOptions) (*BoundariesTable, error) {
	o, err := boundariesOptions(options)
	if err != nil {
		return nil, &Error{Call: "Boundaries", Arg: "options", Err: err}
	}
	t := &BoundariesTable{sizes: o.Sizes}
	for _, k := range boundaryKinds {
		for _, room := range o.Rooms {
			row, err := k.run(o.Sizes, room)
			if err != nil {
				return nil, &Error{Call: "Boundaries", Arg: k.name, Err: err}
			}
			t.rows = append(t.rows, row)
		}
	}
	return t, nil
}

// boundariesOptions checks the options and puts in what is usual.
func boundariesOptions(options []BoundariesOptions) (o BoundariesOptions, err error) {
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	if o.Sizes = slices.Clone(o.Sizes); len(o.Sizes) == 0 {
		o.Sizes = []int{3, 5, 4}
	}
	if o.Rooms = slices.Clone(o.Rooms); len(o.Rooms) == 0 {
		o.Rooms = []int{64, 4}
	}
	if len(o.Sizes) > boundariesMessagesMost {
		return o, because(unix.EINVAL, "%d messages: want at most %d", len(o.Sizes), boundariesMessagesMost)
	}
	for _, n := range o.Sizes {
		if n < 1 || n > boundariesSizeMost {
			return o, because(unix.EINVAL, "size %d: want 1 to %d bytes", n, boundariesSizeMost)
		}
	}
	for _, n := range o.Rooms {
		if n < 1 || n > 1<<16 {
			return o, because(unix.EINVAL, "room %d: want 1 to 65536 bytes", n)
		}
	}
	return o, nil
}

// A boundaryKind is a type of socket, and how to make two that are connected.
type boundaryKind struct {
	name string
	open func() (sender, receiver FD, err error)
}

// boundaryKinds are those that are compared.
var boundaryKinds = []boundaryKind{
	{"UNIX stream", func() (FD, FD, error) { return Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0) }},
	{"UNIX seqpacket", func() (FD, FD, error) { return Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0) }},
	{"UNIX datagram", func() (FD, FD, error) { return Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0) }},
	{"TCP", func() (FD, FD, error) { return loopbackPair(unix.SOCK_STREAM) }},
	{"UDP", func() (FD, FD, error) { return loopbackPair(unix.SOCK_DGRAM) }},
}

// run sends the messages from a child and receives them.
func (k boundaryKind) run(sizes []int, room int) (BoundariesRow, error) {
	row := BoundariesRow{Socket: k.name, Room: room}
	sender, receiver, err := k.open()
	if err != nil {
		return row, err
	}
	defer shut(&receiver)
	defer shut(&sender)
	child, err := startWorker(func() error {
		for i, n := range sizes {
			if _, err := sender.Send(bytes.Repeat([]byte{byte('a' + i)}, n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return row, err
	}
	defer end(child)
	shut(&sender)
	if err := workerError(child); err != nil {
		return row, err
	}
	err = row.receive(receiver)
	for _, n := range sizes {
		row.Lost += n
	}
	for _, n := range row.Received {
		row.Lost -= n
	}
	return row, err
}

// receive receives all that is there. What a connection brought is complete once its end is known; datagrams have no end,
// so they are waited for a moment.
func (r *BoundariesRow) receive(from FD) error {
	const moment, patience = 50, 5000 // ms
	buffer := make([]byte, r.Room)
	datagrams := from.isDatagram()
	if !datagrams {
		if _, err := pollSocket(from, unix.POLLRDHUP, patience); err != nil {
			return err
		}
	}
	for {
		if datagrams {
			if ready, err := pollSocket(from, unix.POLLIN, moment); err != nil || !ready {
				return err
			}
		}
		m, err := from.receiveMessage(buffer, 0, 0)
		if err == io.EOF {
			r.End = true
			return nil
		}
		if err != nil {
			return err
		}
		r.Received = append(r.Received, m.N)
		if m.Truncated {
			r.Cut++
		}
	}
}

// pollSocket waits for events on a descriptor, for so many milliseconds at most, and reports whether there are any.
func pollSocket(fd FD, events int16, milliseconds int) (bool, error) {
	n, err := retry(func() (int, error) {
		return unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, milliseconds)
	})
	return n > 0, err
}

// Rows returns a row for each type of socket and size of buffer, as tidy data.
func (t *BoundariesTable) Rows() []BoundariesRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *BoundariesTable) Table() *Table {
	table := NewTable("socket", "buffer", "each recv gave", "cut (MSG_TRUNC)", "lost", "end of file").
		Units("", "bytes", "bytes", "", "bytes").Caption("Limits between messages")
	for _, r := range t.Rows() {
		end := "no"
		if r.End {
			end = "yes"
		}
		table.Row(r.Socket, r.Room, sizesText(r.Received), r.Cut, r.Lost, end)
	}
	if t != nil {
		table.Note(fmt.Sprintf("Sent: messages of %s bytes, each by one send.", sizesText(t.sizes)))
	}
	return table
}

// sizesText lists numbers.
func sizesText(ns []int) string {
	var parts []string
	for _, n := range ns {
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, ", ")
}

// String returns the table as text.
func (t *BoundariesTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *BoundariesTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
