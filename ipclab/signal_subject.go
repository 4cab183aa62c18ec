package ipclab

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
)

// A signalSubject is the process that takes the signals of an experiment, seen from this one, with two pipes:
//
//	report  it writes lines
//	gate    it reads a byte when it is to go on
type signalSubject struct {
	*child
	report, gate channel
	deadline     time.Time
}

// newSignalSubject forks a process that takes its signals and does work in it. The caller ends it.
func newSignalSubject(limit time.Duration, work func(s *signalSubject) error) (s *signalSubject, err error) {
	s = &signalSubject{deadline: time.Now().Add(limit)}
	if s.report, err = newChannel(); err != nil {
		return nil, err
	}
	if s.gate, err = newChannel(); err != nil {
		s.report.close()
		return nil, err
	}
	if s.child, err = forkOwn(); err != nil {
		s.report.close()
		s.gate.close()
		return nil, err
	}
	if s.child == nil {
		s.play(work)
	}
	shut(&s.report.w)
	shut(&s.gate.r)
	return s, nil
}

// play does the work in the process itself and ends it.
func (s *signalSubject) play(work func(s *signalSubject) error) {
	defer unix.Exit(2) // after a panic, or Goexit
	shut(&s.report.r)
	shut(&s.gate.w)
	err := handlers.Claim()
	if err == nil {
		handlers.SetMask(0) // what it inherited is not the experiment's
		err = work(s)
	}
	if err != nil && !errors.Is(err, unix.EPIPE) { // who does not read any more knows why
		fmt.Fprintln(os.Stderr, err)
		unix.Exit(1)
	}
	unix.Exit(0)
}

// end leaves nothing of it.
func (s *signalSubject) end() {
	end(s.child)
	s.report.close()
	s.gate.close()
}

// say reports a line, in the process itself.
func (s *signalSubject) say(values ...any) error {
	_, err := fmt.Fprintln(s.report.w, values...)
	return err
}

// pass waits at the gate, in the process itself.
func (s *signalSubject) pass() error {
	_, err := s.gate.r.Read(make([]byte, 1))
	return err
}

// open lets it pass the gate once.
func (s *signalSubject) open() error {
	_, err := s.gate.w.Write([]byte{1})
	return err
}

// hear reads a line of numbers that it reports into values.
func (s *signalSubject) hear(values ...any) error {
	var text strings.Builder
	for b := make([]byte, 1); b[0] != '\n'; text.Write(b) {
		n, err := s.read(b)
		if err != nil {
			return err
		}
		if n == 0 {
			return s.blame()
		}
	}
	_, err := fmt.Sscan(text.String(), values...)
	return err
}

// read reads from the report until the deadline; 0 at end of file.
func (s *signalSubject) read(p []byte) (int, error) {
	fds := []unix.PollFd{{Fd: int32(s.report.r), Events: unix.POLLIN}}
	left := max(time.Until(s.deadline).Milliseconds(), 0)
	ready, err := retry(func() (int, error) { return unix.Poll(fds, int(left)) })
	switch {
	case err != nil:
		return 0, err
	case ready == 0:
		return 0, because(unix.ETIMEDOUT, "not done within the limit")
	}
	return retry(func() (int, error) { return unix.Read(int(s.report.r), p) })
}

// blame returns why it ended too early.
func (s *signalSubject) blame() error {
	status, _, err := s.child.wait()
	switch {
	case err != nil:
		return err
	case status.Signaled() && status.Signal() == unix.SIGINT:
		return because(unix.EINTR, "interrupted")
	}
	return fmt.Errorf("the process that takes the signals %v", status)
}
