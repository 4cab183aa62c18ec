package supervisor

import (
	"time"

	"ipclab/runtime/wire"
)

// logged is a repeatable cell that has run since the copy was made. It is run
// again after the copy is woken: that is cheaper than another copy.
type logged struct {
	cell     Cell
	snapshot any // of State, after the cell
}

// Log is Freeze after a cell that does the same if it is run again.
func (s *Supervisor) Log(c Cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snapshot := s.options.State.Snapshot()
	switch {
	case s.current == nil:
	case s.copied == s.current && len(s.log) < maxLog:
		c.Output, c.Input, c.Interrupted = silence{}, nil, nil
		s.log = append(s.log, logged{c, snapshot})
	default:
		s.beginCopy(s.current, true, snapshot)
	}
}

// repeat runs cells again. Where one does not end well, those after it are lost.
func (s *Supervisor) repeat(in *instance, log []logged) {
	select {
	case <-in.ready:
	case <-in.ended:
		return
	}
	for i, l := range log {
		s.setLog(in, log[:i]) // what the process that takes this one's place is to do if it ends here
		if !s.repeatOne(in, l.cell) {
			in.kill()
			return
		}
	}
	s.setLog(in, log)
}

// setLog says what has run in a process since its copy was made.
func (s *Supervisor) setLog(in *instance, log []logged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == in {
		s.log = log
	}
}

// repeatLimit bounds the time of a cell that is run again.
const repeatLimit = 10 * time.Second

func (s *Supervisor) repeatOne(in *instance, c Cell) bool {
	if c.Source == "" {
		return true
	}
	s.mu.Lock()
	s.cells++
	id := s.cells
	s.mu.Unlock()
	done := in.begin(c.Output, id)
	defer in.finish()
	if err := in.send(c, id); err != nil {
		return false
	}
	select {
	case d := <-done:
		return d.Status == wire.StatusOK
	case <-in.ended:
	case <-time.After(repeatLimit):
	}
	return false
}

// silence is the output of a cell that is run again.
type silence struct{}

func (silence) Stream(string, string) {}
func (silence) Display(wire.Display)  {}
func (silence) Clear(bool)            {}
