package supervisor

import (
	"errors"
	"fmt"
)

// Restart ends the runtime process and everything that cells have started, and
// returns when one with nothing defined can run cells. Like Execute it is for one
// goroutine at a time, and not for while a cell runs.
func (s *Supervisor) Restart() error {
	_, err := s.goTo(toBase)
	return err
}

// Undo takes the runtime process, and State, back to before the last cell.
// Everything that cells have started ends. It returns which descriptors were
// open then and are closed now. Like Execute it is for one goroutine at a time,
// and not for while a cell runs. The error wraps ErrNothingToUndo if there is no
// such copy.
func (s *Supervisor) Undo() (lost []string, err error) {
	if _, err := s.readyInstance(true); err != nil {
		return nil, err
	}
	s.awaitCopies()
	to, want, err := s.undoTarget()
	if err != nil {
		return nil, err
	}
	in, err := s.goTo(to)
	if err != nil {
		return nil, err
	}
	if in.came != want {
		return nil, fmt.Errorf("%w: its copy was lost", ErrNothingToUndo)
	}
	return in.lost, nil
}

// undoTarget finds from which copy the state before the last cell can be had.
func (s *Supervisor) undoTarget() (target, Kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := len(s.log); {
	case n > 0 && s.copies.current != nil:
		s.log = s.log[:n-1]
		return toCurrent, KeptAll, nil
	case n == 0 && s.copies.previous != nil:
		return toPrevious, KeptOlder, nil
	case s.uncopied != nil:
		return 0, 0, fmt.Errorf("%w: %w", ErrNothingToUndo, s.uncopied)
	}
	return 0, 0, ErrNothingToUndo
}

// ErrNothingToUndo is the error of Undo where there is no copy of the runtime
// process from before the last cell.
var ErrNothingToUndo = errors.New("there is no copy of the runtime process from before the last cell")

// goTo ends the runtime process and gives its place to another.
func (s *Supervisor) goTo(to target) (*instance, error) {
	s.mu.Lock()
	in := s.current
	s.last = nil // nobody is to be told that the process has died
	s.target = to
	s.mu.Unlock()
	if in != nil {
		in.kill()
		<-in.replaced
	}
	return s.readyInstance(true)
}
