package ipclab

import (
	"math"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// LostUpdatesOptions are what LostUpdates may be told. The zero value is good.
type LostUpdatesOptions struct {
	Processes int           // that update one number at the same time; 0 means 4
	Updates   int           // of each process; 0 means 50,000
	Yield     int           // after so many updates, one gives the processor away between its load and its store; 0 means 500
	Limit     time.Duration // for each method; 0 means 10 s
}

// A LostUpdatesTable says, for several ways to add 1 to a number in shared memory, how much of it was lost.
type LostUpdatesTable struct{ rows []LostUpdatesRow }

// A LostUpdatesRow is what came of one way.
type LostUpdatesRow struct {
	Method    string // "load, store", "spin lock", "compare and swap" or "atomic add"
	Processes int
	Updates   int64         // that were made, of all processes together
	Counted   int64         // what the number was at the end
	Lost      int64         // the difference
	Took      time.Duration // from the start of all to the end of the last
}

// Bounds of the experiment.
const (
	updatersMost  = 64
	updatersUsual = 4
	updatesUsual  = 50_000
	updatesMost   = 100_000_000
	yieldUsual    = 500
)

// LostUpdates shows what happens to a number in shared memory when several processes add 1 to it at the same time. Each
// process loads it, adds 1 and stores the sum; what another process has stored in between is lost. The same is done with
// a lock around load and store, with a store that is made only if the number is still what was loaded (compare and
// swap), and with an addition that the processor makes in one piece: there, nothing is lost.
//
// The number is in a mapping that the processes, forked for the purpose, share. No process and no memory is left.
//
// Errors: EINVAL for options out of range (1 to 64 processes, up to 100 million updates in all), ETIMEDOUT when the
// limit has passed, EINTR if it is interrupted, and those of Fork and MapAnonymous.
func LostUpdates(options ...LostUpdatesOptions) (*LostUpdatesTable, error) {
	o, err := updatesOptions(options)
	if err != nil {
		return nil, &Error{Call: "LostUpdates", Arg: "options", Err: err}
	}
	t := &LostUpdatesTable{}
	for _, way := range updateWays {
		row, err := (&updatesRun{LostUpdatesOptions: o, way: way}).run()
		if err != nil {
			return nil, &Error{Call: "LostUpdates", Arg: way.name, Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// updatesOptions checks the options and puts in what is usual.
func updatesOptions(options []LostUpdatesOptions) (LostUpdatesOptions, error) {
	var o LostUpdatesOptions
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	o.Processes, o.Updates, o.Yield = orUsual(o.Processes, updatersUsual), orUsual(o.Updates, updatesUsual), orUsual(o.Yield, yieldUsual)
	if o.Limit == 0 {
		o.Limit = limitUsual
	}
	switch {
	case o.Processes < 1 || o.Processes > updatersMost:
		return o, because(unix.EINVAL, "%d processes: want 1 to %d", o.Processes, updatersMost)
	case o.Updates < 1 || o.Updates > updatesMost/o.Processes:
		return o, because(unix.EINVAL, "%d updates of each process: want 1 to %d", o.Updates, updatesMost/o.Processes)
	case o.Yield < 1:
		return o, because(unix.EINVAL, "yield after %d updates: want at least 1", o.Yield)
	case o.Limit < 0 || o.Limit > limitMost:
		return o, because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	}
	return o, nil
}

// Rows returns a row for each way, as tidy data.
func (t *LostUpdatesTable) Rows() []LostUpdatesRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *LostUpdatesTable) Table() *Table {
	table := NewTable("method", "processes", "updates made", "counted", "lost", "share lost", "time", "per update").
		Units("", "", "", "", "", "%", "ms", "ns").Caption("Several processes add 1 to a number in shared memory")
	for _, r := range t.Rows() {
		share := math.Round(1000*float64(r.Lost)/float64(max(r.Updates, 1))) / 10
		table.Row(r.Method, r.Processes, r.Updates, r.Counted, r.Lost, share, r.Took, r.Took/time.Duration(max(r.Updates, 1)))
	}
	return table.Note("Lost: another process stored its sum between one's load and store. Only load, store does that.")
}

// String returns the table as text.
func (t *LostUpdatesTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *LostUpdatesTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
