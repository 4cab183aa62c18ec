package ipclab

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue"
	"ipclab/ipclab/mime"
)

// A QueueCrashTable says what became of a queue when a process was killed in the middle of Put or Get.
type QueueCrashTable struct{ rows []QueueCrashRow }

// A QueueCrashRow is one process that was killed, and what the next one found. Before, the queue held one message.
type QueueCrashRow struct {
	Operation string        // "put" or "get"
	Moment    string        // when the process was killed
	Messages  int           // in the queue after that
	TakenOver bool          // whether the next process took the lock over from the dead one
	Next      time.Duration // that the next operation took
}

// queueMoments are the moments at which QueueCrashes kills.
var queueMoments = []struct {
	step queue.Step
	text string
}{
	{queue.HoldingLock, "it has the lock"},
	{queue.BetweenReserve, "half of the message is copied"},
	{queue.AfterCommit, "the message counts, the semaphores do not know yet"},
}

// QueueCrashes shows that a Queue survives a process that is killed while it holds the lock, at each moment that matters:
// with the lock taken and nothing done, between reserving a slot and committing the message, and after that. For each
// there is a queue with one message, and a child that kills itself by SIGKILL at that moment in Put or Get. Then this
// process puts a message: it finds the lock held, learns from the lock's word that the holder is dead, takes over, and
// goes on. No process is left.
//
// Errors: those of NewQueue and Fork; EINTR if it is interrupted; and whatever the queue did not survive.
func QueueCrashes() (*QueueCrashTable, error) {
	t := &QueueCrashTable{}
	for _, operation := range []string{"put", "get"} {
		for _, m := range queueMoments {
			row, err := queueCrash(operation, m.step)
			if err != nil {
				return nil, &Error{Call: "QueueCrashes", Arg: operation + ", killed when " + m.text, Err: err}
			}
			row.Moment = m.text
			t.rows = append(t.rows, row)
		}
	}
	return t, nil
}

// queueCrash kills one process.
func queueCrash(operation string, step queue.Step) (row QueueCrashRow, err error) {
	const slots, limit = 4, 10 * time.Second
	q, err := NewQueue(QueueOptions{Slots: slots})
	if err != nil {
		return row, err
	}
	defer q.Detach()
	if err := q.Put([]byte("first")); err != nil {
		return row, err
	}
	c, err := forkOwn()
	if err != nil {
		return row, err
	}
	if c == nil {
		q.engine.KillAt = step
		if operation == "put" {
			q.Put([]byte("second"))
		} else {
			q.Get(make([]byte, q.Size()))
		}
		unix.Exit(1)
	}
	defer end(c)
	status, _, err := c.wait()
	if err == nil {
		err = eintr(status)
	}
	if err == nil && (!status.Signaled() || status.Signal() != unix.SIGKILL) {
		err = fmt.Errorf("the child %v, and was to be killed", status)
	}
	if err != nil {
		return row, err
	}
	begin := time.Now()
	if err := q.PutWithin([]byte("next"), limit); err != nil {
		return row, err
	}
	row = QueueCrashRow{Operation: operation, Next: time.Since(begin)}
	s, err := q.State()
	row.Messages, row.TakenOver = s.Messages-1, s.LastDead == c.pid
	return row, err
}

// Rows returns a row for each moment, as tidy data.
func (t *QueueCrashTable) Rows() []QueueCrashRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *QueueCrashTable) Table() *Table {
	table := NewTable("killed in", "when", "messages left, of 1", "lock taken over", "next Put took").
		Units("", "", "", "", "ms").Caption("Processes killed in the middle of Put and Get")
	for _, r := range t.Rows() {
		table.Row(r.Operation, r.Moment, r.Messages, r.TakenOver, r.Next)
	}
	return table.Note("A process that waits for the lock for 5 ms looks in /proc whether its holder is still there.")
}

// String returns the table as text.
func (t *QueueCrashTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *QueueCrashTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
