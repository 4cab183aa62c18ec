package ipclab

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/means"
)

// A BenchStyle is how a mechanism is used.
type BenchStyle int

const (
	// RawStyle is as a C program would do it: the system calls and nothing around them, on a locked thread.
	RawStyle BenchStyle = iota
	// GoStyle is as Go programs do it: os.File, package net, os/signal.
	GoStyle
)

// String returns "raw" or "Go".
func (s BenchStyle) String() string { return means.Style(s).String() }

// A Placement says on which processors the two processes of a measurement run.
type Placement int

const (
	// SuitedCPU is one for both, or one each for mechanisms that wait without sleeping: where each does best.
	SuitedCPU Placement = iota
	// SameCPU is one for both: they take turns, and each message needs a context switch.
	SameCPU
	// DifferentCPUs is one each: who sleeps has to be woken on another processor.
	DifferentCPUs
	// AnyCPU leaves it to the scheduler, which may change its mind.
	AnyCPU
)

// String returns the placement in words.
func (p Placement) String() string {
	names := [...]string{"suited", "same CPU", "different CPUs", "any CPU"}
	if p < 0 || int(p) >= len(names) {
		return "unknown placement"
	}
	return names[p]
}

// A BenchMeasure is what is measured.
type BenchMeasure int

const (
	// MeasureRoundTrips is the time of a message to the other process and of its answer back.
	MeasureRoundTrips BenchMeasure = iota
	// MeasureThroughput is how many messages go one way in a second, until the last has arrived.
	MeasureThroughput
	// MeasureBoth is one after the other, in turns.
	MeasureBoth
)

// A BenchPair is functions of your own to be measured. Each call of Client makes one round trip: it sends a message and waits
// for the answer. Each call of Server waits for one message and answers it. With MeasureThroughput, each call of Client
// sends one message, and each call of Server takes one.
//
// Both are called in processes forked for the measurement, so what they use must be open before, and what they assign stays
// there.
type BenchPair struct {
	Name           string
	Client, Server func() error
}

// BenchOptions are what Bench may be told. The zero value is good: all mechanisms, both styles, messages of 64 bytes.
type BenchOptions struct {
	Mechanisms []string     // by name, see BenchMechanisms; none: all of them or, where Pairs are given, none
	Pairs      []BenchPair  // functions of your own, measured beside the mechanisms
	Styles     []BenchStyle // none: both
	Sizes      []int        // bytes in a message, 1 to 1,048,576; none: 64; what a mechanism cannot send is left out, with a note
	Placements []Placement  // none: SuitedCPU
	Measure    BenchMeasure // round trips, throughput, or both

	Precision float64       // ± around the median that is enough, as a part of it, at 95 % confidence; 0 means 0.02: ± 2 %
	Rounds    int           // processes made for each row, at most; 0 means 30, or 3 with Quick
	Limit     time.Duration // for all; 0 means 10 s, or 2 s with Quick
	Rate      float64       // requests in a second, sent on a schedule; 0: each when the one before is answered
	Quick     bool          // a look, not a figure to quote: few rounds
	Uncounted bool          // do not count system calls
}

// Bench measures how long messages between two processes take, and what the kernel does for them: by mechanisms of the
// operating system, by functions of your own, or by both, in one table.
//
// It forks a client and a server for each round of each row. They warm up until three batches of trips agree within 5 %, a
// third of the time at most; then the client takes the time of each trip by CLOCK_MONOTONIC, less what reading the clock
// takes. Trips of less than a microsecond are timed many at once, and the notes say so. The rounds of all rows take turns, so
// that what disturbs the machine for a while disturbs all alike. The p50 shown is the median over the rounds of each round's
// median; its 95 % confidence interval, by order statistics over the rounds, is what Precision is about: a row is done when
// it is narrow enough. Percentiles are of all trips. The notes warn where the machine was too busy to believe the figures.
// The limit holds: it is overrun by one round of two trips at most, and the notes say what there was no time for.
//
// Beside the times stand, for each message, the system calls (counted in runs of their own, see RoundTripOptions), voluntary
// and involuntary context switches and page faults (see getrusage(2)), and how often each byte is copied, where that is known.
//
// With a Rate, requests are due a fixed time apart, and the time of each counts from when it was due, even if it had to wait
// for the answer to another. So a pause of the server shows in all requests that it delayed.
//
// Rows with the style raw are as a C program would be: collector off, thread locked, SIGURG blocked. Those with the style Go
// use os.File, package net or os/signal and the Go scheduler. Where one of the two does not exist there is one row: Go programs
// have nothing of their own for shared memory, futexes, semaphores and the system's queues, and no C program has doors, which
// Linux does not have. Calls that a polling mechanism makes by chance, looking until a message is there, are named and not
// counted, see BenchRow. For interpreted functions of your own, the interpreter's cost of a call is measured too, and shown
// beside.
//
// Errors: EINVAL for an unknown mechanism or options out of range, with what is wanted; ETIMEDOUT if a trip does not come back
// within the limit; EINTR if the measurement is interrupted; what a function of yours returns; those of Fork.
func Bench(options ...BenchOptions) (*BenchTable, error) {
	o, err := benchOptions(options)
	if err != nil {
		return nil, &Error{Call: "Bench", Err: err}
	}
	b := &benchRun{call: "Bench", options: o, title: "Bench"}
	if err := b.addAll(); err != nil {
		return nil, &Error{Call: "Bench", Err: err}
	}
	return b.run()
}

// BenchOf is Bench for one pair of functions of your own: see BenchPair for what they have to do.
//
// Errors: as for Bench; EINVAL if a function is nil.
func BenchOf(name string, client, server func() error, options ...BenchOptions) (*BenchTable, error) {
	o := BenchOptions{}
	if len(options) > 1 {
		return nil, &Error{Call: "Bench", Err: because(unix.EINVAL, "options are given %d times", len(options))}
	}
	if len(options) == 1 {
		o = options[0]
	}
	o.Pairs = append([]BenchPair{{Name: name, Client: client, Server: server}}, o.Pairs...)
	return Bench(o)
}

// BenchMechanisms returns the names of the mechanisms that Bench can measure, in the order of the course.
func BenchMechanisms() (names []string) {
	seen := map[string]bool{}
	for _, m := range means.All() {
		if !seen[m.Name] {
			seen[m.Name] = true
			names = append(names, m.Name)
		}
	}
	return names
}
