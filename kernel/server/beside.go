package server

import (
	"context"
	"sync"

	"ipclab/kernel/message"
)

// runningCell is the execute request that is being carried out. What an editor
// asks meanwhile is answered beside it: people type while a cell runs.
type runningCell struct {
	mu      sync.Mutex
	request *message.Message // nil if there is none
}

func (c *runningCell) set(request *message.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.request = request
}

// receiveShell takes requests from the shell socket. Those that need not wait for
// a running cell it answers itself, the others it queues.
func (s *Server) receiveShell(ctx context.Context) {
	for {
		m, err := s.sockets.shell.Recv(ctx)
		if err != nil {
			return
		}
		request := s.decode(m)
		if request == nil || s.answerBeside(request) {
			continue
		}
		s.requests.put(ctx, pending{request, m.Arrived})
	}
}

// answerBeside answers what an editor asks while a cell runs. Clients take the
// idle after it for that of the kernel, and so busy is said once more for the
// cell. The lock keeps the cell from ending in between: its idle comes last.
func (s *Server) answerBeside(request *message.Message) bool {
	switch request.Header.Type {
	case "complete_request", "inspect_request", "is_complete_request":
	default:
		return false
	}
	s.running.mu.Lock()
	defer s.running.mu.Unlock()
	if s.running.request == nil {
		return false
	}
	s.surround(request, func() { s.handleIntrospection(request, true) })
	s.publish(s.running.request, message.Status{State: message.Busy})
	return true
}

// handleIntrospection answers what an editor asks, beside a running cell or not.
// It needs nothing that belongs to the shell goroutine.
func (s *Server) handleIntrospection(request *message.Message, beside bool) {
	switch request.Header.Type {
	case "complete_request":
		answer(s, s.sockets.shell, request, s.complete)
	case "inspect_request":
		answer(s, s.sockets.shell, request, func(r *message.InspectRequest) message.InspectReply { return s.inspect(r, beside) })
	case "is_complete_request":
		answer(s, s.sockets.shell, request, s.isComplete)
	}
}
