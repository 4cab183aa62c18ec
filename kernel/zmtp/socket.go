package zmtp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// handler is what makes a Socket a router, a publisher or a heartbeat. Its
// methods are called by the reading goroutine of the peer concerned: joined
// first, left last.
type handler interface {
	joined(*peer)
	message(p *peer, frames [][]byte) error // an error ends the connection
	command(p *peer, name string, data []byte) error
	left(*peer)
}

// Socket is what all kinds of sockets here have in common. It has these
// goroutines:
//
//	accept  one; blocks in accept(2) and, when descriptors have run out, for at
//	        most a second; ended by Close
//	serve   one per connection; handshake with a deadline, then the reading of a
//	        peer; ended by the peer or Close
//	write   one per peer; see peer
//
// Close ends all of them and waits for them.
type Socket struct {
	o        Options
	kind     zmq4.SocketType
	h        handler
	listener net.Listener
	endpoint string
	files    []File
	budget   budget // for messages that are being received

	mu     sync.Mutex
	conns  map[net.Conn]struct{} // all, also those in their handshake
	peers  map[uint64]*peer      // those after it
	lastID uint64                // of the connection accepted last
	closed bool
	done   chan struct{} // closed by Close
	wg     sync.WaitGroup
}

// start binds endpoint and begins to accept.
func (s *Socket) start(endpoint string, kind zmq4.SocketType, h handler, o Options) error {
	l, name, files, err := listen(endpoint)
	if err != nil {
		return err
	}
	s.endpoint, s.files = name, files
	s.begin(l, kind, h, o)
	return nil
}

// begin begins to accept from l.
func (s *Socket) begin(l net.Listener, kind zmq4.SocketType, h handler, o Options) {
	s.o, s.kind, s.h, s.listener = o, kind, h, l
	s.budget.max = 2 * o.MaxMessage
	s.conns, s.peers = map[net.Conn]struct{}{}, map[uint64]*peer{}
	s.done = make(chan struct{})
	s.wg.Go(s.accept)
}

// Endpoint gives the endpoint bound, with the port that the system chose if 0
// was asked for.
func (s *Socket) Endpoint() string { return s.endpoint }

// Files gives the socket file of an ipc endpoint, none for tcp. Close removes
// it; should this process be killed, another can, with File.Remove.
func (s *Socket) Files() []File { return s.files }

func (s *Socket) accept() {
	const most = time.Second
	pause := 5 * time.Millisecond
	for {
		conn, err := s.listener.Accept()
		if err == nil {
			s.admit(conn)
			pause = 5 * time.Millisecond
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		// EMFILE, ENFILE, ENOBUFS, ECONNABORTED: all of them pass.
		s.o.Log("%s: accept: %v", s.endpoint, err)
		select {
		case <-time.After(pause):
			pause = min(2*pause, most)
		case <-s.done:
			return
		}
	}
}

// admit starts the goroutine that serves conn, unless there are too many.
func (s *Socket) admit(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) >= s.o.MaxPeers && !s.closed {
		s.o.Log("%s: connection refused: %d are open", s.endpoint, len(s.conns))
	}
	if len(s.conns) >= s.o.MaxPeers || s.closed {
		conn.Close()
		return
	}
	s.conns[conn] = struct{}{}
	s.lastID++
	id := s.lastID
	s.wg.Go(func() {
		s.serve(conn, id)
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	})
}

func (s *Socket) serve(conn net.Conn, id uint64) {
	defer conn.Close()
	l, err := handshake(conn, s.kind, &s.o, &s.budget)
	if err != nil {
		s.o.Log("%s: from %s: %v", s.endpoint, conn.RemoteAddr(), err)
		return
	}
	p := s.register(l, id)
	if p == nil {
		return // closed meanwhile
	}
	s.h.joined(p)
	s.wg.Go(p.write)
	err = p.read(s.h)
	p.close(err)
	s.unregister(p)
	s.h.left(p)
	if cause := p.cause; cause != io.EOF && cause != ErrClosed {
		s.o.Log("%s: from %s: peer %d: %v", s.endpoint, conn.RemoteAddr(), p.id, cause)
	}
}

func (s *Socket) register(l *link, id uint64) *peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	p := newPeer(id, l, &s.o)
	s.peers[p.id] = p
	return p
}

func (s *Socket) unregister(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p.id)
}

func (s *Socket) list() []*peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	peers := make([]*peer, 0, len(s.peers))
	for _, p := range s.peers {
		peers = append(peers, p)
	}
	return peers
}

// Flush waits until all peers' systems have what was sent to them, peers that
// were cut off or have gone not counted. If ctx ends first it returns an error
// that wraps ctx's.
func (s *Socket) Flush(ctx context.Context) error { return s.linger(ctx, false) }

// Finish is Flush for the last time: nothing can be sent afterwards. Call it
// before Close, or Close may lose what was sent last.
func (s *Socket) Finish(ctx context.Context) error { return s.linger(ctx, true) }

func (s *Socket) linger(ctx context.Context, last bool) error {
	for _, p := range s.list() {
		if err := p.linger(ctx, last); err != nil {
			return fmt.Errorf("zmtp: flush %s: %w", s.endpoint, err)
		}
	}
	return nil
}

// Close removes the socket file, stops listening, closes all connections and
// waits for the goroutines. Senders and receivers get ErrClosed. It may be
// called again.
func (s *Socket) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.wg.Wait()
		return nil
	}
	s.closed = true
	close(s.done)
	s.mu.Unlock()

	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Remove())
	}
	errs = append(errs, s.listener.Close())
	s.closeAll()
	s.wg.Wait()
	return errors.Join(errs...)
}

func (s *Socket) closeAll() {
	for _, p := range s.list() {
		p.close(ErrClosed)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}
