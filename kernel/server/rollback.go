package server

import (
	"errors"
	"fmt"
	"strings"

	"ipclab/kernel/supervisor"
	"ipclab/runtime/cell"
)

// definitions is what goes back with the runtime process.
type definitions struct{ cells *cell.Session }

// Snapshot implements supervisor.State.
func (d definitions) Snapshot() any { return d.cells.Snapshot() }

// Restore implements supervisor.State.
func (d definitions) Restore(snapshot any) {
	if s, ok := snapshot.(cell.Snapshot); ok {
		d.cells.Restore(s)
	} else {
		d.cells.Reset()
	}
}

// commit makes what a program defines known to later cells. again is the cell if
// it is enough to run that again in order to have what it has done.
func (s *Server) commit(p *cell.Program, again *supervisor.Cell) {
	s.options.Cells.Commit(p)
	if s.changed { // by a cell before
		again = nil
	}
	s.changed, s.repeat = true, again
}

// freeze keeps what the last cell has done, by a copy of the runtime process
// unless the cell can be run again. It does not wait for the copy.
func (s *Server) freeze() {
	switch {
	case s.changed && s.repeat != nil:
		s.supervisor.Log(*s.repeat)
	case s.changed:
		s.supervisor.Freeze()
	}
	s.changed, s.repeat = false, nil
}

// Reset implements magic.Kernel.
func (e *execution) Reset() error {
	if err := e.server.supervisor.Restart(); err != nil {
		return fmt.Errorf("everything is forgotten, but no new runtime process could be started: %w", err)
	}
	return nil
}

// Undo implements magic.Kernel.
func (e *execution) Undo() (string, error) {
	lost, err := e.server.supervisor.Undo()
	switch {
	case errors.Is(err, supervisor.ErrNothingToUndo):
		return "", err
	case err != nil:
		return "", fmt.Errorf("the last cell could not be taken back: %w", err)
	case len(lost) > 0:
		return "Descriptors that were open and are closed now: " + strings.Join(lost, ", ") + ".\n", nil
	}
	return "", nil
}
