package zmtp

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Message is what a router received, and from whom.
type Message struct {
	Peer    []byte    // identity, to answer with Router.Send
	Frames  [][]byte  // as the peer sent them, an empty delimiter included
	Arrived time.Time // when it was read from the connection
}

// Router receives from all its peers and sends to each by its identity. It is
// the ROUTER socket of shell, control and stdin; DEALER, REQ and ROUTER sockets
// can connect.
//
//   - If a peer connects with the identity of another, the newest connection has
//     it, and the older one is closed.
//   - A peer without an identity gets one, five bytes of which the first is zero.
//   - What a peer sent is received even if it has gone meanwhile.
//
// All methods may be called from any goroutine. For its goroutines see Socket; a
// peer's read goroutine also waits while too much has not been received (see
// Options.QueueBytes).
type Router struct {
	Socket
	in *inbox

	mu         sync.Mutex
	byIdentity map[string]*peer
	anonymous  uint32
}

// ListenRouter binds a router at endpoint, "tcp://HOST:PORT" or "ipc://PATH".
func ListenRouter(endpoint string, o Options) (*Router, error) {
	o = o.withDefaults()
	r := &Router{in: newInbox(o.QueueBytes), byIdentity: map[string]*peer{}, anonymous: rand.Uint32()}
	if err := r.start(endpoint, zmq4.Router, r, o); err != nil {
		return nil, err
	}
	return r, nil
}

// Recv waits for the next message. It returns ctx's error when that ends, and
// ErrClosed after Close.
func (r *Router) Recv(ctx context.Context) (Message, error) {
	return r.in.take(ctx, r.done)
}

// Send queues frames for the peer with this identity. It waits while the peer's
// queue is full, until the peer reads on or is cut off (ErrCutOff). A peer that
// has gone gives ErrNoPeer. The frames must not be changed afterwards.
func (r *Router) Send(identity []byte, frames [][]byte) error {
	if len(frames) == 0 {
		return fmt.Errorf("zmtp: send: message without frames")
	}
	r.mu.Lock()
	p := r.byIdentity[string(identity)]
	r.mu.Unlock()
	if p == nil {
		select {
		case <-r.done:
			return ErrClosed
		default:
			return ErrNoPeer
		}
	}
	switch err := p.out.put(messageItem(frames)); err {
	case nil, ErrCutOff, ErrClosed:
		return err
	default:
		return fmt.Errorf("%w: %w", ErrNoPeer, err)
	}
}

func (r *Router) joined(p *peer) {
	r.mu.Lock()
	if p.identity == "" {
		p.identity = r.makeIdentity()
	}
	loser := r.byIdentity[p.identity]
	if loser != nil && loser.id > p.id {
		loser = p // a newer connection was quicker with its handshake
	} else {
		r.byIdentity[p.identity] = p
	}
	r.mu.Unlock()
	if loser != nil {
		loser.close(errReplaced)
	}
}

// makeIdentity gives an identity that no peer can ask for: the handshake refuses
// those that begin with a zero byte.
func (r *Router) makeIdentity() string {
	for {
		r.anonymous++
		id := string(binary.BigEndian.AppendUint32([]byte{0}, r.anonymous))
		if r.byIdentity[id] == nil {
			return id
		}
	}
}

func (r *Router) message(p *peer, frames [][]byte) error {
	r.in.put(p, frames)
	return nil
}

func (r *Router) command(*peer, string, []byte) error { return nil }

func (r *Router) left(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byIdentity[p.identity] == p {
		delete(r.byIdentity, p.identity)
	}
}
