package supervisor

import (
	"context"
	"errors"
	"sync"

	"ipclab/runtime/wire"
)

// Errors of Look, as reasons why a value is not shown.
var (
	ErrRunning  = errors.New("a cell runs, which may be changing it")
	ErrNotReady = errors.New("the runtime process is not ready")
	ErrTooLate  = errors.New("it took too long, or a cell came first")
)

// looks are the looks at variables of one runtime process: one at a time, so that
// a runtime which does not answer cannot fill the socket.
type looks struct {
	mu     sync.Mutex
	last   uint64              // id of the last
	answer chan wire.Inspected // where its answer goes; nil once that has come
}

// Look gives the text of what a variable holds; name is that in lowered code. It
// sends the request before any cell that begins later, and the runtime ends the
// look for the cell, so that no cell waits for it. The error says why there is
// no text; it is ErrTooLate when ctx ends.
func (s *Supervisor) Look(ctx context.Context, name string) (string, error) {
	in, answer, err := s.beginLook(name)
	if err != nil {
		return "", err
	}
	select {
	case a := <-answer:
		if a.Reason != "" {
			return "", errors.New(a.Reason)
		}
		return a.Text, nil
	case <-in.ended:
		return "", ErrNotReady
	case <-ctx.Done():
		return "", ErrTooLate
	}
}

// beginLook sends the request. It holds mu, so that no cell begins meanwhile.
func (s *Supervisor) beginLook(name string) (*instance, <-chan wire.Inspected, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.current
	switch {
	case s.running != nil:
		return nil, nil, ErrRunning
	case in == nil || !isClosed(in.ready):
		return nil, nil, ErrNotReady
	}
	in.looks.mu.Lock()
	defer in.looks.mu.Unlock()
	if in.looks.answer != nil {
		return nil, nil, ErrTooLate
	}
	in.looks.last++
	answer := make(chan wire.Inspected, 1)
	if err := in.request(wire.KindInspect, wire.Inspect{ID: in.looks.last, Name: name}); err != nil {
		return nil, nil, ErrNotReady
	}
	in.looks.answer = answer
	return in, answer, nil
}

// maxLookText bounds what is taken of an answer, in bytes.
const maxLookText = 16 << 10

// looked takes the answer to a look. Like every event, it may come from a process
// that runs users' code.
func (in *instance) looked(frame *wire.Frame) {
	in.looks.mu.Lock()
	defer in.looks.mu.Unlock()
	var a wire.Inspected
	if len(frame.Body) > maxLookText || frame.Decode(&a) != nil || a.ID != in.looks.last || in.looks.answer == nil {
		return
	}
	in.looks.answer <- a
	in.looks.answer = nil
}
