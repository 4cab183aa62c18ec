package ipclab

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
)

// A measurement is one run of RoundTrips: a client and a server, both children of this process, and what they report in
// shared memory.
type measurement struct {
	name           string
	n, warmUp      int
	options        RoundTripOptions
	line           line // of a built-in mechanism
	client, server func() error
	report         *report
}

// measured is run, and what was asked for beside it.
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

// run forks the two processes, waits for them within the limit and gathers what they measured. No process is left.
func (m *measurement) run() (*Latency, error) {
	memory, err := shm.New(reportSize(m.n), true)
	if err != nil {
		return nil, &Error{Call: "RoundTrips", Arg: m.name, Err: err}
	}
	m.report = &report{memory: memory}
	server, err := m.start(serverRole, m.serve)
	if err != nil {
		return nil, err
	}
	defer end(server)
	client, err := m.start(clientRole, m.measure)
	if err != nil {
		return nil, err
	}
	defer end(client)
	if err := m.await(client, server); err != nil {
		return nil, &Error{Call: "RoundTrips", Arg: m.name, Err: err}
	}
	return m.result()
}

// start forks a child that does work and nothing else. It is not among the children that Wait waits for.
func (m *measurement) start(r role, work func()) (*child, error) {
	c, err := forkOwn()
	if err != nil {
		return nil, err
	}
	if c == nil {
		m.play(r, work)
	}
	return c, nil
}

// end kills a child that still runs and collects its status.
func end(c *child) {
	if _, collected := c.done(); !collected {
		unix.Kill(c.pid, unix.SIGKILL)
		for err := error(unix.EINTR); err == unix.EINTR; { // a handler of this process may run meanwhile
			_, _, err = c.wait()
		}
	}
}

// await waits until both have finished. The error says which of the two failed and how, or that time was up.
func (m *measurement) await(client, server *child) error {
	deadline := time.Now().Add(m.options.Limit + graceForTrip)
	running := []*child{client, server}
	for {
		for i, c := range running {
			ended, status, err := c.collect()
			if err != nil {
				return err
			}
			if !ended {
				continue
			}
			if status.ExitCode() != 0 {
				return m.failure(c, server, status)
			}
			running = slices.Delete(running, i, i+1)
			break
		}
		if len(running) == 0 {
			return nil
		}
		left := time.Until(deadline)
		if left <= 0 {
			return because(unix.ETIMEDOUT, "a round trip did not come back within %v", m.options.Limit)
		}
		awaitAny(running, min(left, waitSlice))
	}
}

// failure is the error of a process that ended with status.
func (m *measurement) failure(c, server *child, status Status) error {
	r := clientRole
	if c == server || m.report.failed(serverRole) { // a server that fails explains why its client does
		r = serverRole
	}
	switch {
	case status.Signaled() && status.Signal() == unix.SIGINT:
		return because(unix.EINTR, "interrupted")
	case status.Signaled() || status.ExitCode() != 1:
		return fmt.Errorf("%s: %v", r, status)
	}
	return fmt.Errorf("%s: %w", r, m.report.failure(r))
}

// result gathers what the children reported.
func (m *measurement) result() (*Latency, error) {
	samples := m.report.samples(m.n)
	if len(samples) == 0 {
		return nil, &Error{Call: "RoundTrips", Arg: m.name, Err: because(unix.ETIMEDOUT, "warming up took the %v allowed", m.options.Limit)}
	}
	l := newLatency(m.name, m.options.Size, samples)
	for _, r := range []role{clientRole, serverRole} {
		voluntary, involuntary := m.report.switches(r)
		l.Voluntary += voluntary
		l.Involuntary += involuntary
	}
	l.conditions(m)
	return l, nil
}

// A distantError is an error that a child reported: its text and, if it had one, its errno.
type distantError struct {
	text  string
	errno unix.Errno
}

func (e *distantError) Error() string { return e.text }

// Unwrap returns the errno.
func (e *distantError) Unwrap() error {
	if e.errno == 0 {
		return nil
	}
	return e.errno
}

// errnoIn returns the errno in err, 0 if there is none.
func errnoIn(err error) unix.Errno {
	no, _ := errors.AsType[unix.Errno](err)
	return no
}
