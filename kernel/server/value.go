package server

import (
	"context"
	"time"

	"ipclab/kernel/supervisor"
	"ipclab/runtime/cell"
)

// valueLimit is how long an inspection waits for a variable's value.
const valueLimit = 200 * time.Millisecond

// withValue adds what a variable holds to its inspection, unless a cell runs or
// comes meanwhile.
func (s *Server) withValue(in cell.Inspection, beside bool) cell.Inspection {
	if in.Variable == "" {
		return in
	}
	if beside {
		in.NoValue = supervisor.ErrRunning.Error()
		return in
	}
	ctx, cancel := context.WithTimeout(context.Background(), valueLimit)
	defer cancel()
	go func() {
		s.requests.awaitCell(ctx)
		cancel()
	}()
	value, err := s.supervisor.Look(ctx, in.Variable)
	if err != nil {
		in.NoValue = err.Error()
	}
	in.Value = value
	return in
}
