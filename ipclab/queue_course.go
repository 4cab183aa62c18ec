package ipclab

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// A CourseQueueTable says what the queue of the course did with some messages, beside what ipclab's does.
type CourseQueueTable struct {
	rows   []CourseQueueRow
	behind string
}

// A CourseQueueRow is one operation on the course's queue.
type CourseQueueRow struct {
	Operation string // "put" or "take"
	Message   string
	Index     int    // of the slot, in an array whose indexes are 0 to 4
	Inside    bool   // whether the array has that slot
	Queue     string // what the same operation put or took in ipclab's queue
}

// The queue of the course.
const (
	courseSlots = 5
	courseSize  = 20
	courseLimit = 10 * time.Second
)

// CourseQueueSource returns the course's queue as a C program of one file. A process puts numbers, and when it has ended
// another takes them.
func CourseQueueSource() string { return courseQueueSource }

// CourseQueue shows the two faults of the queue in the course's chapter on mapped files. It compiles CourseQueueSource
// with the C compiler of the system, has it put 5 messages, as many as it has slots, and take them, and does the same
// with a Queue.
//   - It is no queue: its index goes up with each message that is put and down with each that is taken, so the last one in
//     is the first one out.
//   - Its index goes up before the message is written. So it runs from 1 to 5, in an array that has 0 to 4: slot 0 is never
//     used, and the fifth message goes into the 20 bytes behind the array, whatever is there.
//
// No file and no process is left; only if this process is killed in the half second that compiling takes, the folder for
// that is. Errors: ENOENT if there is no C compiler, with what to install; EINTR if it is interrupted; those of the
// compiler, and of NewQueue.
func CourseQueue() (*CourseQueueTable, error) {
	t, err := courseQueue()
	if err != nil {
		return nil, &Error{Call: "CourseQueue", Err: err}
	}
	return t, nil
}

func courseQueue() (*CourseQueueTable, error) {
	program, err := compileC("course", courseQueueSource)
	if err != nil {
		return nil, err
	}
	defer program.close()
	file, err := unix.MemfdCreate("course", unix.MFD_CLOEXEC) // a file that goes with this process
	if err != nil {
		return nil, err
	}
	defer unix.Close(file)
	path := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), file)
	out, err := program.run(courseLimit, path, fmt.Sprint(courseSlots))
	if err != nil {
		return nil, err
	}
	t := &CourseQueueTable{}
	if err := t.parse(out); err != nil {
		return nil, err
	}
	return t, t.compare()
}

// parse reads what the program printed.
func (t *CourseQueueTable) parse(out string) error {
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		var r CourseQueueRow
		if behind, ok := strings.CutPrefix(line, "behind "); ok {
			t.behind = behind
			continue
		}
		if n, err := fmt.Sscan(line, &r.Operation, &r.Index, &r.Message); n != 3 {
			return fmt.Errorf("the program printed %q: %w", line, err)
		}
		r.Inside = r.Index < courseSlots
		t.rows = append(t.rows, r)
	}
	return nil
}

// compare does the same with a queue of this package.
func (t *CourseQueueTable) compare() error {
	q, err := NewQueue(QueueOptions{Slots: courseSlots, Size: courseSize})
	if err != nil {
		return err
	}
	defer q.Detach()
	buffer := make([]byte, q.Size())
	for i := range t.rows {
		r := &t.rows[i]
		r.Queue = r.Message
		if r.Operation == "put" {
			err = q.PutWithin([]byte(r.Message), 0)
		} else {
			var n int
			n, err = q.GetWithin(buffer, 0)
			r.Queue = string(buffer[:n])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Rows returns the operations in order, as tidy data.
func (t *CourseQueueTable) Rows() []CourseQueueRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Behind returns the 20 bytes behind the course's array after the run; they were all '.' before. A byte of 0 is shown as
// '0'.
func (t *CourseQueueTable) Behind() string {
	if t == nil {
		return ""
	}
	return t.behind
}

// Table returns the operations as a table.
func (t *CourseQueueTable) Table() *Table {
	table := NewTable("operation", "message", "index", "in the array (0 to 4)", "message with ipclab.Queue").
		Caption("The queue of the course, 5 slots, 5 messages")
	var taken, right []string
	for _, r := range t.Rows() {
		inside := "yes"
		if !r.Inside {
			inside = "no: beyond its end"
		}
		table.Row(r.Operation, r.Message, r.Index, inside, r.Queue)
		if r.Operation == "take" {
			taken, right = append(taken, r.Message), append(right, r.Queue)
		}
	}
	return table.Note(fmt.Sprintf("Last in, first out: taken in the order %s; a queue gives %s.", strings.Join(taken, " "), strings.Join(right, " "))).
		Note(fmt.Sprintf("The bytes behind the array were %s and are %s.", strings.Repeat(".", courseSize), t.Behind()))
}

// String returns the table as text.
func (t *CourseQueueTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *CourseQueueTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }

// eintr makes a status that SIGINT has caused an error.
func eintr(s Status) error {
	if s.Signaled() && s.Signal() == unix.SIGINT {
		return because(unix.EINTR, "interrupted")
	}
	return nil
}
