package ipclab

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/means"
	"ipclab/ipclab/internal/shm"
)

// An exchange is one run of a client and a server, both children of this process made for it, and what they report in shared
// memory. RoundTrips is one, Bench many.
type exchange struct {
	call, name string // for errors: "RoundTrips", "pipe"
	limit      time.Duration
	left       time.Duration // until it is ended, if that is less than the limit; 0: the limit
	cpus       []int         // none: any; one for both, or the client's and the server's
	timing     timing
	goroutine  bool // run on a goroutine that is free to change threads, as Go programs do
	raw        bool // make calls that the scheduler does not know of
	join       func(role) (party, error)
	report     *report
	processes  []int // the numbers of server and client

	interpreted int // how many interpreted functions are called in a trip
}

// A timing is which trips the client makes, and how it takes the time of them.
type timing struct {
	oneWay bool          // messages are not answered; the samples are one, of all of them
	warmUp int           // trips before those that count; below 0: until the pace is steady
	most   int           // samples
	time   time.Duration // after which no more are begun; 0: the exchange's limit
	whole  time.Duration // that all is not to exceed, though trips be slow, as long as there is one that counts; 0: the exchange's limit
	batch  int           // trips in a sample; 0: as many as make the clock's own cost small
	rate   float64       // requests in a second; 0: each as soon as the one before is answered
	count  int           // messages that are not answered; 0: as many as there is time for
}

// steadyWarmUp is the warmUp that goes on until the pace is steady.
const steadyWarmUp = -1

// A party is what one of the two does: the client sends and, if messages are answered, receives; the server receives and
// answers.
type party struct {
	end     means.End
	out, in []byte
	flush   func() error // sends what the end kept back; nil if it keeps nothing back, or Send does it
}

// run forks the two processes and waits for them within the limit. No process is left. What they measured is in the report.
func (x *exchange) run() error {
	memory, err := shm.New(reportSize(x.timing.most), true)
	if err != nil {
		return &Error{Call: x.call, Arg: x.name, Err: err}
	}
	x.report = &report{memory: memory}
	server, err := x.start(serverRole, x.serve)
	if err != nil {
		return err
	}
	defer end(server)
	client, err := x.start(clientRole, x.measure)
	if err != nil {
		return err
	}
	defer end(client)
	if err := x.await(client, server); err != nil {
		return &Error{Call: x.call, Arg: x.name, Err: err}
	}
	return nil
}

// start forks a child that does work and nothing else. It is not among the children that Wait waits for.
func (x *exchange) start(r role, work func(party)) (*child, error) {
	c, err := forkLone()
	if err != nil {
		return nil, err
	}
	if c == nil {
		x.play(r, work)
	}
	x.processes = append(x.processes, c.pid)
	return c, nil
}

// end kills a child that still runs and collects its status.
func end(c *child) {
	if _, collected := c.done(); !collected && c.mine() {
		unix.Kill(c.pid, unix.SIGKILL)
		for err := error(unix.EINTR); err == unix.EINTR; { // a handler of this process may run meanwhile
			_, _, err = c.wait()
		}
	}
}

// await waits until both have finished. The error says which of the two failed and how, or that time was up.
func (x *exchange) await(client, server *child) error {
	deadline := time.Now().Add(x.limit + graceForTrip)
	if x.left > 0 && x.left < x.limit {
		deadline = time.Now().Add(x.left + graceForTrip)
	}
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
			r := clientRole
			if c == server {
				r = serverRole
			}
			if status.ExitCode() != 0 || !x.report.finished(r) {
				return x.failure(r, status)
			}
			running = slices.Delete(running, i, i+1)
			break
		}
		if len(running) == 0 {
			return nil
		}
		left := time.Until(deadline)
		if left <= 0 {
			return because(unix.ETIMEDOUT, "a round trip did not come back within %v", x.limit)
		}
		awaitAny(running, min(left, waitSlice))
	}
}

// failure is the error of a process that ended with status.
func (x *exchange) failure(r role, status Status) error {
	if x.report.failed(serverRole) { // a server that fails explains why its client does
		r = serverRole
	}
	switch {
	case status.ExitCode() == 0 && !x.report.failed(r):
		return fmt.Errorf("%s: %v before it had made all round trips", r, status)
	case status.Signaled() && status.Signal() == unix.SIGINT:
		return because(unix.EINTR, "interrupted")
	case status.Signaled() || status.ExitCode() != 1:
		return fmt.Errorf("%s: %v", r, status)
	}
	return fmt.Errorf("%s: %w", r, x.report.failure(r))
}

// pids returns the numbers that the two processes had.
func (x *exchange) pids() []int {
	if x == nil {
		return nil
	}
	return x.processes
}

// used is what both processes used for a trip.
func (x *exchange) used() uses { return x.report.used(clientRole).add(x.report.used(serverRole)) }

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
