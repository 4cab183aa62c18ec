package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"ipclab/kernel/message"
	"ipclab/kernel/zmtp"
)

// inputs connects the stdin channel with the cell that waits for a line.
type inputs struct {
	mu      sync.Mutex
	waiting chan string // nil unless a cell waits
	peer    []byte      // of the client that was asked
}

// await begins to wait for a line from a client.
func (i *inputs) await(peer []byte) <-chan string {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.waiting, i.peer = make(chan string, 1), peer
	return i.waiting
}

func (i *inputs) stop() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.waiting = nil
}

// deliver hands a line to the cell that waits, if one does and the line comes
// from the client that was asked: others may be connected too.
func (i *inputs) deliver(peer []byte, line string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.waiting != nil && bytes.Equal(peer, i.peer) {
		i.waiting <- line
		i.waiting = nil
	}
}

// endOfInput is the value by which jupyter_console and ipclab run say that the
// user typed Ctrl-D.
const endOfInput = "\x04"

// input asks the client that sent the cell for a line.
func (e *execution) input(ctx context.Context) (string, error) {
	s := e.server
	line := s.input.await(e.request.Identities[0])
	defer s.input.stop()
	if err := e.requestInput(ctx); err != nil {
		return "", err
	}
	select {
	case text := <-line:
		if text == endOfInput {
			return "", io.EOF
		}
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-s.shutdown:
		return "", errors.New("the kernel is shutting down")
	}
}

// requestAgain is the time after which an input request is sent again that had
// no receiver.
const requestAgain = 10 * time.Millisecond

// requestInput sends an input request. A client that has just connected may
// have its cell here before its stdin channel is: it is waited for.
func (e *execution) requestInput(ctx context.Context) error {
	again := time.NewTicker(requestAgain)
	defer again.Stop()
	for {
		err := e.server.send(e.server.sockets.stdin, e.request, message.InputRequest{})
		if !errors.Is(err, zmtp.ErrNoPeer) {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// serveStdin receives replies to input requests.
func (s *Server) serveStdin(ctx context.Context) {
	for {
		m, err := s.sockets.stdin.Recv(ctx)
		if err != nil {
			return
		}
		reply := s.decode(m)
		if reply == nil {
			continue
		}
		var content message.InputReply
		if err := reply.Decode(&content); err != nil || reply.Header.Type != "input_reply" {
			s.logf("a message of type %q on stdin was passed over", reply.Header.Type)
			continue
		}
		s.input.deliver(reply.Identities[0], content.Value)
	}
}
