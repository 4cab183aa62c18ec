package server

import (
	"context"
	"errors"
	"time"

	"ipclab/kernel/message"
	"ipclab/kernel/zmtp"
)

// serve receives messages from a socket and handles them one after another,
// until ctx ends.
func (s *Server) serve(ctx context.Context, socket *zmtp.Router, handle func(*zmtp.Router, *message.Message)) {
	for {
		m, err := socket.Recv(ctx)
		if err != nil {
			return
		}
		if request := s.decode(m); request != nil {
			s.surround(request, func() { handle(socket, request) })
		}
	}
}

// decode checks a message; of one that is refused, nil is left. That is not
// answered: who cannot sign has no business here.
func (s *Server) decode(m zmtp.Message) *message.Message {
	request, err := s.codec.Decode(m.Frames)
	if err != nil {
		s.logf("a message was refused: %v", err)
		return nil
	}
	request.Identities = append([][]byte{m.Peer}, request.Identities...)
	return request
}

// surround publishes busy before and idle after the handling of a request.
func (s *Server) surround(request *message.Message, handle func()) {
	s.publish(request, message.Status{State: message.Busy})
	handle()
	s.publish(request, message.Status{State: message.Idle})
}

// publish sends to all subscribers of iopub.
func (s *Server) publish(parent *message.Message, c message.Content) {
	m, err := s.session.Publish(parent, c)
	if err != nil {
		s.logf("%v", err)
		return
	}
	frames, err := s.codec.Encode(m)
	if err != nil {
		s.logf("%v", err)
		return
	}
	if err := s.sockets.iopub.Publish(frames); err != nil && !errors.Is(err, zmtp.ErrClosed) {
		s.logf("%v", err)
	}
}

// reply sends a message to the peer that sent request. One that has gone is no
// concern of ours.
func (s *Server) reply(socket *zmtp.Router, request *message.Message, c message.Content) {
	err := s.send(socket, request, c)
	if err != nil && !errors.Is(err, zmtp.ErrNoPeer) && !errors.Is(err, zmtp.ErrClosed) {
		s.logf("reply to %s: %v", request.Header.Type, err)
	}
}

// send sends a message to the peer that sent request.
func (s *Server) send(socket *zmtp.Router, request *message.Message, c message.Content) error {
	m, err := s.session.Reply(request, c)
	if err != nil {
		return err
	}
	peer := m.Identities[0]
	m.Identities = m.Identities[1:]
	frames, err := s.codec.Encode(m)
	if err != nil {
		return err
	}
	return socket.Send(peer, frames)
}

// welcome tells every new subscriber that it is one (JEP 65), and the first of
// all that the kernel is starting.
func (s *Server) welcome(ctx context.Context) {
	for started := false; ; {
		select {
		case <-ctx.Done():
			return
		case change := <-s.sockets.iopub.Subscriptions():
			if !change.Added {
				continue
			}
			s.sendWelcome(change)
			if !started {
				started = true
				s.publish(nil, message.Status{State: message.Starting})
			}
		}
	}
}

// sendWelcome answers a subscription with its own topic, which is what the
// subscriber certainly receives.
func (s *Server) sendWelcome(change zmtp.Subscription) {
	m, err := s.session.New(nil, message.IOPubWelcome{Subscription: change.Topic})
	if err != nil {
		s.logf("%v", err)
		return
	}
	m.Identities = [][]byte{[]byte(change.Topic)}
	frames, err := s.codec.Encode(m)
	if err == nil {
		err = s.sockets.iopub.SendTo(change.Peer, frames)
	}
	if err != nil && !errors.Is(err, zmtp.ErrNoPeer) {
		s.logf("%v", err)
	}
}

// subscriberWait is how long the first request on shell waits for a subscriber
// of iopub. A client that connects all its channels at once may have its
// request here before its subscription, and would miss the first output.
const subscriberWait = time.Second

// awaitSubscriber holds the first request.
func (s *Server) awaitSubscriber(ctx context.Context) {
	if s.greeted {
		return
	}
	s.greeted = true
	ctx, cancel := context.WithTimeout(ctx, subscriberWait)
	defer cancel()
	_ = s.sockets.iopub.WaitSubscribed(ctx, "")
}
