package ipclab

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/means"
)

// RoundTripOptions are what RoundTrips may be told beyond the mechanism and the number. The zero value is good.
type RoundTripOptions struct {
	Size  int           // bytes in each message, there and back; 0 means 64; an eventfd always takes 8
	CPUs  []int         // processors to run on: one for both processes, or the client's and the server's; none: any
	Limit time.Duration // time after which the measurement ends with what it has; 0 means 10 s
	Calls bool          // count the system calls of a trip too, in two short runs more
}

// Bounds of a measurement.
const (
	tripsMost    = 1 << 20
	sizeMost     = 1 << 20
	sizeUsual    = 64
	limitUsual   = 10 * time.Second
	limitMost    = 10 * time.Minute
	warmUpMost   = 1000
	warmUpPart   = 10 // of the number of trips
	graceForTrip = time.Second
)

// RoundTrips measures how long a message takes to another process and back, n times, by a mechanism of the operating
// system: one of BenchMechanisms, though not "door", such as "pipe" (two pipes), "stream" or "socketpair" (a UNIX stream socket
// pair) and "eventfd" (two event counters). Bench compares several, until it knows their medians well enough; RoundTrips makes as many trips as it
// is told.
//
// It forks two children for it, a client that sends, waits for the answer and takes the time, and a server that answers.
// They make the system calls read and write directly, on a locked thread, with the garbage collector off, so that
// figures are those of a C program. A tenth of n more trips, 1000 at most, come before to warm up and do not count. The
// clock is CLOCK_MONOTONIC; reading it adds some 50 ns to each trip.
//
// With Calls among the options, the calls of two short runs more are counted, and the calls of a trip are what they differ by:
// by the kernel's tracepoints where these may be used, else by ptrace, as a note says. In the timed run nothing is counted.
//
// Errors: EINVAL for an unknown mechanism, n below 1 or above 1,048,576, a size above 1 MiB or what the mechanism takes,
// a processor that this process may not use, or a limit above 10 minutes; ETIMEDOUT if a trip does not come back within the limit; EINTR if
// the measurement is interrupted; those of Fork and, with Calls, of Strace.
func RoundTrips(mechanism string, n int, options ...RoundTripOptions) (*Latency, error) {
	m, err := newMeasurement(mechanism, n, options)
	if err != nil {
		return nil, err
	}
	name := mechanism
	if name == "socketpair" {
		name = "stream"
	}
	way, err := means.ByName(name, means.Raw)
	if err != nil {
		return nil, m.invalid(fmt.Sprintf("mechanism %q", mechanism), "want one of %s", strings.Join(mechanismNames(), ", "))
	}
	if way.Least == way.Most {
		m.options.Size = way.Least
	} else if m.options.Size > way.Most {
		return nil, m.invalid(fmt.Sprintf("size %d", m.options.Size), "want 1 to %d bytes with %s", way.Most, mechanism)
	}
	m.way = way
	return m.measured()
}

// RoundTripsOf is RoundTrips for a mechanism of your own. Each call of client makes one round trip: it sends a message
// and waits for the answer. Each call of server waits for one message and answers it. Both are called in children forked
// for the measurement, so what they use must be open before, and what they assign stays there. What the functions
// themselves take is part of the figures: an interpreted function adds microseconds.
//
// One trip more than n and those to warm up is made at the end, after which server is not called again. An error that
// either function returns ends the measurement and is returned. Size among the options is only shown.
//
// Errors: as for RoundTrips; EINVAL if a function is nil.
func RoundTripsOf(name string, n int, client, server func() error, options ...RoundTripOptions) (*Latency, error) {
	m, err := newMeasurement(name, n, options)
	if err != nil {
		return nil, err
	}
	if client == nil || server == nil {
		return nil, m.invalid("the functions", "client and server must not be nil")
	}
	if len(options) == 0 || options[0].Size == 0 {
		m.options.Size = 0 // unknown
	}
	m.join = functions(client, server)
	return m.measured()
}

// newMeasurement checks the arguments and puts in what is usual.
func newMeasurement(name string, n int, options []RoundTripOptions) (*measurement, error) {
	m := &measurement{name: name, n: n, warmUp: min(n/warmUpPart, warmUpMost)}
	if len(options) > 1 {
		return nil, m.invalid("options", "given %d times", len(options))
	}
	if len(options) == 1 {
		m.options = options[0]
		m.options.CPUs = slices.Clone(m.options.CPUs)
	}
	o := &m.options
	if o.Size == 0 {
		o.Size = sizeUsual
	}
	if o.Limit == 0 {
		o.Limit = limitUsual
	}
	switch {
	case n < 1 || n > tripsMost:
		return nil, m.invalid(fmt.Sprintf("%d round trips", n), "want 1 to %d", tripsMost)
	case o.Size < 1 || o.Size > sizeMost:
		return nil, m.invalid(fmt.Sprintf("size %d", o.Size), "want 1 to %d bytes", sizeMost)
	case o.Limit < 0 || o.Limit > limitMost:
		return nil, m.invalid(fmt.Sprintf("limit %v", o.Limit), "want up to %v", limitMost)
	case len(o.CPUs) > 2:
		return nil, m.invalid(fmt.Sprintf("CPUs %v", o.CPUs), "want one, or the client's and the server's")
	}
	return m, m.checkCPUs()
}

// checkCPUs returns an error for a processor on which this process may not run.
func (m *measurement) checkCPUs() error {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return &Error{Call: "RoundTrips", Arg: m.name, Err: err}
	}
	for _, cpu := range m.options.CPUs {
		if cpu < 0 || cpu > math.MaxInt32 || !allowed.IsSet(cpu) {
			return m.invalid(fmt.Sprintf("CPU %d", cpu), "this process may use %d processors, and not that one", allowed.Count())
		}
	}
	return nil
}

// invalid makes an error about an argument.
func (m *measurement) invalid(arg, format string, args ...any) error {
	return &Error{Call: "RoundTrips", Arg: arg, Err: because(unix.EINVAL, format, args...)}
}
