package server

import (
	"context"
	"time"

	"ipclab/kernel/message"
	"ipclab/kernel/zmtp"
)

// serveShell carries out the requests on shell.
func (s *Server) serveShell(ctx context.Context) {
	for {
		p, ok := s.requests.take(ctx)
		if !ok {
			return
		}
		request := p.Message
		s.awaitSubscriber(ctx)
		s.interrupts.begin()
		s.surround(request, func() { s.handleShell(s.sockets.shell, request, p.arrived) })
		s.interrupts.end()
		s.freeze()
		s.save()
		s.warmUpOnce(request)
		if ctx.Err() != nil {
			return
		}
	}
}

// handleShell carries out one request. A type that is not known is passed
// over, as the protocol asks.
func (s *Server) handleShell(socket *zmtp.Router, request *message.Message, arrived time.Time) {
	switch request.Header.Type {
	case "execute_request":
		s.running.set(request)
		s.handleExecute(socket, request, arrived)
		s.running.set(nil)
	case "kernel_info_request":
		s.reply(socket, request, s.kernelInfo())
	case "complete_request", "inspect_request", "is_complete_request":
		s.handleIntrospection(request, false)
	case "history_request":
		answer(s, socket, request, s.recall)
	case "comm_info_request":
		s.reply(socket, request, message.CommInfoReply{Status: message.OK})
	case "comm_open":
		s.refuseComm(request)
	case "comm_msg", "comm_close":
		// Of a comm that was refused; the client learns that from comm_close.
	case "connect_request":
		s.reply(socket, request, s.connectReply())
	case "shutdown_request":
		s.handleShutdown(socket, request)
	default:
		s.logf("a request of unknown type %q was passed over", request.Header.Type)
	}
}

// handleControl carries out one request on control.
func (s *Server) handleControl(socket *zmtp.Router, request *message.Message) {
	switch request.Header.Type {
	case "kernel_info_request":
		s.reply(socket, request, s.kernelInfo())
	case "interrupt_request":
		s.handleInterrupt(request)
		s.reply(socket, request, message.InterruptReply{Status: message.OK})
	case "shutdown_request":
		s.handleShutdown(socket, request)
	default:
		s.logf("a control request of unknown type %q was passed over", request.Header.Type)
	}
}

// handleInterrupt stops the running cell. A request from before this kernel's
// time was meant for the one that had its ports before, and had died: it
// waited in the client until there was somebody to send it to.
func (s *Server) handleInterrupt(request *message.Message) {
	if sent := request.Header.Time(); !sent.IsZero() && sent.Before(s.started) {
		s.logf("an interrupt from before this kernel's start was passed over")
		return
	}
	s.Interrupt()
}

// answer decodes the content of a request and replies with what f makes of it.
func answer[Request any, Reply message.Content](s *Server, socket *zmtp.Router, request *message.Message, f func(*Request) Reply) {
	var content Request
	if err := request.Decode(&content); err != nil {
		s.logf("%v", err)
		s.reply(socket, request, errorReply{kind: replyType(request), Status: message.Failed,
			Exception: message.Exception{Name: "BadRequest", Value: err.Error()}})
		return
	}
	s.reply(socket, request, f(&content))
}

// errorReply answers a request that could not be read, whatever its type.
type errorReply struct {
	kind   string
	Status string `json:"status"`
	message.Exception
}

// MsgType implements message.Content.
func (r errorReply) MsgType() string { return r.kind }

// handleShutdown ends the kernel. Whether another one follows is the client's
// business.
func (s *Server) handleShutdown(socket *zmtp.Router, request *message.Message) {
	var content message.ShutdownRequest
	if err := request.Decode(&content); err != nil {
		s.logf("%v", err)
	}
	reply := message.ShutdownReply{Status: message.OK, Restart: content.Restart}
	s.reply(socket, request, reply)
	s.publish(request, reply)
	s.once.Do(func() { close(s.shutdown) })
}

// refuseComm closes a comm as soon as it is opened: no target is known here.
func (s *Server) refuseComm(request *message.Message) {
	var open message.CommOpen
	if err := request.Decode(&open); err != nil {
		s.logf("%v", err)
		return
	}
	s.publish(request, message.CommClose{ID: open.ID})
}
