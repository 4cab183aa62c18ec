package ipclab

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// How long Hierarchy takes, at most.
const (
	hierarchyLimit      = 15 * time.Second
	hierarchyLimitQuick = 2 * time.Second
)

// Hierarchy measures the performance hierarchy of interprocess communication: a round trip by each mechanism, as a C program
// would make it and as Go programs do, sorted from the fastest to the slowest. Beside the times stand, for each message, what
// the kernel was needed for: system calls, context switches, page faults, copies. Shared memory needs none of these once it
// is set up; whatever is passed through the kernel needs two system calls a message, and who sleeps needs a switch.
//
// It is Bench with other defaults: all mechanisms, and 15 s at most, with a bar that shows how far it is; with Quick, about
// 2 s and fewer rounds. A mechanism that is not permitted here is left out, with a note. The table is
// shown with its Chart, on a logarithmic axis. See Bench for the options, and for what is measured and how.
//
// Errors: as for Bench; EINVAL for MeasureThroughput, which has no round trips to sort by.
func Hierarchy(options ...BenchOptions) (*BenchTable, error) {
	var o BenchOptions
	if len(options) > 0 {
		o = options[0]
	}
	if o.Limit == 0 {
		o.Limit = hierarchyLimit
		if o.Quick {
			o.Limit = hierarchyLimitQuick
		}
	}
	list := append([]BenchOptions{o}, options[min(len(options), 1):]...)
	o, err := benchOptions(list)
	if err == nil && o.Measure == MeasureThroughput {
		err = because(unix.EINVAL, "the hierarchy is of round trips: want MeasureRoundTrips or MeasureBoth")
	}
	if err != nil {
		return nil, &Error{Call: "Hierarchy", Err: err}
	}
	b := &benchRun{call: "Hierarchy", title: "The performance hierarchy", options: o, lenient: true}
	if err := b.addAll(); err != nil {
		return nil, &Error{Call: "Hierarchy", Err: err}
	}
	t, err := b.run()
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(t.rows, func(x, y *BenchRow) int { return int(x.P50 - y.P50) })
	t.withChart = true
	t.caption = "The performance hierarchy: a round trip between two processes, the fastest first"
	return t, nil
}
