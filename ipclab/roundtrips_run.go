package ipclab

import (
	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/means"
)

// A measurement is what RoundTrips was asked for.
type measurement struct {
	name      string
	n, warmUp int
	options   RoundTripOptions
	way       *means.Means              // a built-in mechanism, or
	join      func(role) (party, error) // functions of a user
}

// measured runs the measurement, and what was asked for beside it.
func (m *measurement) measured() (*Latency, error) {
	l, err := m.run()
	if err == nil && m.options.Calls {
		var calls callCount
		calls, err = m.countCalls()
		if err == nil {
			l.Calls, l.RuntimeCalls = calls.program, calls.runtime
			l.notes = append(l.notes, calls.notes(m.name)...)
		}
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// run has the trips made and gathers what was measured.
func (m *measurement) run() (*Latency, error) {
	x := &exchange{call: "RoundTrips", name: m.name, limit: m.options.Limit, cpus: m.options.CPUs, join: m.join,
		timing: timing{warmUp: m.warmUp, most: m.n, batch: 1}}
	if m.way != nil {
		line, err := m.way.Open(m.options.Size)
		if err != nil {
			return nil, &Error{Call: "RoundTrips", Arg: m.name, Err: err}
		}
		defer line.Close()
		x.join, x.raw = over(line, m.options.Size, false), true
	}
	if err := x.run(); err != nil {
		return nil, err
	}
	samples := x.report.samples(m.n)
	if len(samples) == 0 {
		return nil, &Error{Call: "RoundTrips", Arg: m.name, Err: because(unix.ETIMEDOUT, "warming up took the %v allowed", m.options.Limit)}
	}
	l := newLatency(m.name, m.options.Size, samples)
	used := x.used()
	l.Voluntary, l.Involuntary = used.voluntary, used.involuntary
	l.conditions(m)
	return l, nil
}
