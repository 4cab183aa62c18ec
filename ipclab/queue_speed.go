package ipclab

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// QueueSpeedOptions are what QueueSpeed may be told. The zero value is good.
type QueueSpeedOptions struct {
	Messages int           // through the queue in each run; 0 means 20,000; ten times as many go through the ring
	Size     int           // bytes in a message; 0 means 64
	Slots    int           // of the queue; 0 means 64; the ring always has 4,096
	Rounds   int           // runs of each, in turns; 0 means 5
	CPUs     []int         // processors: one for both processes, or the producer's and the consumer's; none: any
	Limit    time.Duration // for each run; 0 means 10 s
}

// A QueueSpeedTable says what a message from one process to another costs, in Go and in C.
type QueueSpeedTable struct {
	options QueueSpeedOptions
	rows    []QueueSpeedRow
	without string // why there is no C
}

// A QueueSpeedRow is one mechanism in one language.
type QueueSpeedRow struct {
	Mechanism string        // "queue", "ring", or "ring, batches"
	Language  string        // "Go" or "C"
	Each      time.Duration // one message takes, median of the rounds
	Best      time.Duration // the same in the fastest round
	Rounds    []float64     // nanoseconds for a message in each round
}

// Bounds and usual values of QueueSpeed.
const (
	speedMessages     = 20_000
	speedRounds       = 5
	speedRoundsMost   = 1000
	speedMessagesMost = 1 << 30
	speedRingMore     = 10
	speedRingSlots    = 4096
	speedBatch        = 64
)

// QueueSpeed measures how long a message takes from one process to another, through a Queue and through a Ring, beside
// the same two in C: a queue of three sem_t, and a ring with acquire and release. Each run has two processes of its own,
// one that puts and one that takes as fast as they can; runs of all take turns, so that each has its share of what else
// the machine does, and the median of each counts. A tenth of the messages more come before to warm up. Loops are
// compiled, in children with the garbage collector off.
//
// The C programs are compiled with the system's compiler. Without one, the table has the Go rows and a note that says what
// to install. No file and no process is left; only if this process is killed in the half second that compiling takes, the
// folder for that is.
//
// Errors: EINVAL for options out of range; ETIMEDOUT when a run takes longer than the limit; EINTR if it is interrupted;
// those of NewQueue, NewRing, Fork and of the compiler.
func QueueSpeed(options ...QueueSpeedOptions) (*QueueSpeedTable, error) {
	o, err := queueSpeedOptions(options)
	if err != nil {
		return nil, &Error{Call: "QueueSpeed", Arg: "options", Err: err}
	}
	t := &QueueSpeedTable{options: o}
	if err := t.measure(); err != nil {
		return nil, &Error{Call: "QueueSpeed", Err: err}
	}
	return t, nil
}

// queueSpeedOptions checks the options and puts in what is usual.
func queueSpeedOptions(options []QueueSpeedOptions) (QueueSpeedOptions, error) {
	if len(options) > 1 {
		return QueueSpeedOptions{}, because(unix.EINVAL, "given %d times", len(options))
	}
	var o QueueSpeedOptions
	if len(options) == 1 {
		o = options[0]
	}
	o.Messages, o.Size = orUsual(o.Messages, speedMessages), orUsual(o.Size, messageUsual)
	o.Slots, o.Rounds = orUsual(o.Slots, slotsUsual), orUsual(o.Rounds, speedRounds)
	if o.Limit == 0 {
		o.Limit = limitUsual
	}
	o.CPUs = slices.Clone(o.CPUs)
	switch {
	case o.Messages < 1 || o.Messages > speedMessagesMost/speedRingMore:
		return o, because(unix.EINVAL, "%d messages: want 1 to %d", o.Messages, speedMessagesMost/speedRingMore)
	case o.Size < 1 || o.Size > messageMost/speedBatch:
		return o, because(unix.EINVAL, "size %d: want 1 to %d bytes", o.Size, messageMost/speedBatch)
	case o.Slots < 1 || o.Slots > messageMost:
		return o, because(unix.EINVAL, "%d slots: want 1 to %d", o.Slots, messageMost)
	case o.Rounds < 1 || o.Rounds > speedRoundsMost:
		return o, because(unix.EINVAL, "%d rounds: want 1 to %d", o.Rounds, speedRoundsMost)
	case o.Limit < 0 || o.Limit > limitMost:
		return o, because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	case len(o.CPUs) > 2:
		return o, because(unix.EINVAL, "%d processors: want at most 2", len(o.CPUs))
	}
	return o, checkProcessors(o.CPUs)
}

// checkProcessors returns an error for a processor that this process may not use.
func checkProcessors(cpus []int) error {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return err
	}
	for _, cpu := range cpus {
		if cpu < 0 || !allowed.IsSet(cpu) {
			return because(unix.EINVAL, "processor %d is not one of those that this process may use", cpu)
		}
	}
	return nil
}

// Rows returns a row for each mechanism and language, as tidy data.
func (t *QueueSpeedTable) Rows() []QueueSpeedRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// inC returns what a message takes in C, 0 if that was not measured.
func (t *QueueSpeedTable) inC(mechanism string) time.Duration {
	if mechanism == ringBatches {
		mechanism = ringAlone
	}
	for _, r := range t.Rows() {
		if r.Mechanism == mechanism && r.Language == "C" {
			return r.Each
		}
	}
	return 0
}

// Table returns the rows as a table.
func (t *QueueSpeedTable) Table() *Table {
	table := NewTable("mechanism", "language", "per message, median", "best round", "of C's time").Units("", "", "ns", "ns", "%").
		Caption("Messages from one process to another")
	if t == nil {
		return table
	}
	for _, r := range t.rows {
		var share any
		if c := t.inC(r.Mechanism); c > 0 && r.Language != "C" {
			share = int(100 * r.Each / c)
		}
		table.Row(r.Mechanism, r.Language, r.Each, r.Best, share)
	}
	where := "any processors"
	if len(t.options.CPUs) > 0 {
		where = fmt.Sprint("processors ", t.options.CPUs)
	}
	table.Note(fmt.Sprintf("%d bytes, %d slots in the queue and %d in the ring, %d rounds in turns, on %s; %s %s.", t.options.Size,
		t.options.Slots, speedRingSlots, t.options.Rounds, where, runtime.GOOS, runtime.GOARCH))
	if t.without != "" {
		table.Note(t.without)
	}
	return table
}

// String returns the table as text.
func (t *QueueSpeedTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *QueueSpeedTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
