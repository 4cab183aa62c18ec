package ipclab

import (
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// PipeBuf is PIPE_BUF, the most bytes that one write(2) puts into a pipe or FIFO in one piece, whatever others write at
// the same time: 4096 on Linux. See pipe(7).
const PipeBuf = 4096

// AtomicityOptions are what Atomicity may be told. The zero value is good.
type AtomicityOptions struct {
	Sizes    []int         // bytes in a message, one measurement each; none: below, at and above PipeBuf
	Writers  int           // processes that write at the same time; 0 means 4
	Messages int           // messages of each writer; 0 means 200
	Capacity int           // bytes that the FIFO holds; 0 means 4096, the least, which makes writers wait for each other
	Limit    time.Duration // for each size; 0 means 10 s
}

// An AtomicityTable says, for messages of several sizes, how many arrived in pieces.
type AtomicityTable struct{ rows []AtomicityRow }

// An AtomicityRow is what came of messages of one size.
type AtomicityRow struct {
	Size        int // bytes in a message
	Writers     int
	Capacity    int // bytes that the FIFO holds
	Messages    int // that arrived, of all writers together
	Interleaved int // of these, messages that came with bytes of other writers between their own
	Pieces      int // the most pieces in which one message came
}

// Bounds of the experiment.
const (
	writersMost       = 64
	writersUsual      = 4
	messagesUsual     = 200
	messageMost       = 1 << 20
	atomicityMostData = 1 << 30
)

// Atomicity shows up to what size writes to a FIFO are atomic. For each size, so many writer processes open one FIFO by
// a path and write messages of that size to it as fast as they can, each message by one write(2); this process reads,
// and counts the messages that arrive in pieces, with bytes of other writers in between. Up to PipeBuf bytes there are
// none. Above it the operating system puts in what finds room, and other writers get in between; the smaller the FIFO's
// capacity, the more often.
//
// The FIFO's name is removed as soon as it is made, and it is opened by way of /proc/self/fd: nothing is left of it, even
// if this process is killed. No process is left either.
//
// Errors: EINVAL for options out of range (1 to 64 writers, sizes of 1 byte to 1 MiB, 1 GiB written for one size), those
// of FD.SetPipeSize for the capacity; ETIMEDOUT when the limit has passed; EINTR if it is interrupted; those of Mkfifo,
// Open and Fork. See pipe(7), "PIPE_BUF".
func Atomicity(options ...AtomicityOptions) (*AtomicityTable, error) {
	o, err := atomicityOptions(options)
	if err != nil {
		return nil, &Error{Call: "Atomicity", Arg: "options", Err: err}
	}
	t := &AtomicityTable{}
	for _, size := range o.Sizes {
		row, err := atomicityRun{AtomicityOptions: o, size: size}.run()
		if err != nil {
			return nil, &Error{Call: "Atomicity", Arg: fmt.Sprintf("messages of %s", bytesText(size)), Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// atomicityOptions checks the options and puts in what is usual.
func atomicityOptions(options []AtomicityOptions) (AtomicityOptions, error) {
	if len(options) > 1 {
		return AtomicityOptions{}, because(unix.EINVAL, "given %d times", len(options))
	}
	var o AtomicityOptions
	if len(options) == 1 {
		o = options[0]
	}
	o.Writers, o.Messages, o.Capacity = orUsual(o.Writers, writersUsual), orUsual(o.Messages, messagesUsual), orUsual(o.Capacity, PipeBuf)
	if o.Sizes = slices.Clone(o.Sizes); len(o.Sizes) == 0 {
		o.Sizes = []int{PipeBuf / 2, PipeBuf - 1, PipeBuf, PipeBuf + 1, 2 * PipeBuf, 4 * PipeBuf}
	}
	if o.Limit == 0 {
		o.Limit = limitUsual
	}
	return o, o.check()
}

// orUsual returns n, or what is usual for 0.
func orUsual(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}

// check returns an error for what is out of range.
func (o AtomicityOptions) check() error {
	switch {
	case o.Writers < 1 || o.Writers > writersMost:
		return because(unix.EINVAL, "%d writers: want 1 to %d", o.Writers, writersMost)
	case o.Messages < 1 || o.Messages > math.MaxInt32:
		return because(unix.EINVAL, "%d messages: want at least 1", o.Messages)
	case o.Limit < 0 || o.Limit > limitMost:
		return because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	}
	for _, size := range o.Sizes {
		if size < 1 || size > messageMost {
			return because(unix.EINVAL, "size %d: want 1 to %d bytes", size, messageMost)
		}
		if all := o.Writers * o.Messages; all > atomicityMostData/size {
			return because(unix.EINVAL, "%d messages of %s: want at most %d bytes in all", all, bytesText(size), atomicityMostData)
		}
	}
	return nil
}

// Rows returns a row for each size, in the order asked for, as tidy data.
func (t *AtomicityTable) Rows() []AtomicityRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *AtomicityTable) Table() *Table {
	table := NewTable("message", "PIPE_BUF", "writers", "FIFO holds", "messages", "interleaved", "share", "most pieces").
		Units("bytes", "", "", "bytes", "", "", "%").Caption("Messages of several writers in one FIFO")
	for _, r := range t.Rows() {
		side := "at"
		if r.Size < PipeBuf {
			side = "below"
		} else if r.Size > PipeBuf {
			side = "above"
		}
		share := math.Round(1000*float64(r.Interleaved)/float64(max(r.Messages, 1))) / 10
		table.Row(r.Size, side, r.Writers, r.Capacity, r.Messages, r.Interleaved, share, r.Pieces)
	}
	return table.Note("Interleaved: bytes of other writers arrived between the first and the last byte of the message.").
		Note(fmt.Sprintf("Up to PIPE_BUF (%d) bytes, one write(2) goes into a pipe in one piece.", PipeBuf))
}

// String returns the table as text.
func (t *AtomicityTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *AtomicityTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
