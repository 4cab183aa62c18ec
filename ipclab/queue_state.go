package ipclab

import (
	"fmt"

	"ipclab/ipclab/mime"
)

// A QueueState is what a queue looks like at a moment.
type QueueState struct {
	Path         string // empty for a queue without a name
	Slots        int
	Size         int    // the most bytes in a message
	Messages     int    // in the queue now
	Put, Taken   uint64 // ever
	Closed       bool
	Holder       int // the process that holds the lock just now; 0 for none
	WaitingToGet int // processes asleep in Get; one that was killed there is counted for a while
	WaitingToPut int // the same in Put
	TakenOver    int // how often the lock was taken over from a process that had died with it
	LastDead     int // the process from which it was taken over last; 0 for none
}

// State looks at the queue without taking the lock, so figures may be of slightly different moments while others use it.
// Errors: EBADF after Detach; EIO if the file was cut.
func (q *Queue) State() (QueueState, error) {
	if q.absent() {
		return QueueState{}, q.failed("state", errNoQueue)
	}
	s, err := q.engine.State()
	if err != nil {
		return QueueState{}, q.failed("state", err)
	}
	messages := 0
	if s.Put > s.Taken {
		messages = int(min(s.Put-s.Taken, uint64(q.Slots())))
	}
	return QueueState{
		Path: q.path, Slots: q.Slots(), Size: q.Size(), Messages: messages, Put: s.Put, Taken: s.Taken, Closed: s.Closed,
		Holder: s.Holder.Pid(), WaitingToGet: int(s.WaitMessages), WaitingToPut: int(s.WaitRoom),
		TakenOver: int(s.Recovered), LastDead: s.LastDead,
	}, nil
}

// Table returns the state as a table of one row.
func (s QueueState) Table() *Table {
	t := NewTable("slots", "size", "messages", "put", "taken", "closed", "lock held by", "asleep in Get", "asleep in Put", "lock taken over").
		Units("", "bytes").Caption("Queue " + s.Path)
	holder := "nobody"
	if s.Holder != 0 {
		holder = pidText(s.Holder)
	}
	t.Row(s.Slots, s.Size, s.Messages, s.Put, s.Taken, s.Closed, holder, s.WaitingToGet, s.WaitingToPut, s.TakenOver)
	if s.LastDead != 0 {
		t.Note(fmt.Sprintf("Process %d died while it held the lock; the next one took it over.", s.LastDead))
	}
	return t
}

// String returns the state as text.
func (s QueueState) String() string { return s.Table().String() }

// MIMEBundle returns the state in all its representations.
func (s QueueState) MIMEBundle() mime.Bundle { return s.Table().MIMEBundle() }
