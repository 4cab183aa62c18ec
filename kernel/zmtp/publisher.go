package zmtp

import (
	"context"
	"fmt"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// Subscription is a change of what a peer wants to hear.
type Subscription struct {
	Peer  uint64 // the connection; no two have the same number
	Topic string // beginning of the topics wanted, "" for all
	Added bool   // false: cancelled, or the peer has gone
}

// Publisher sends to all peers whose subscriptions match. It is the XPUB socket
// of iopub; SUB and XSUB sockets can connect.
//
//   - A message goes to everybody who subscribed before Publish was called, in
//     the same order to all.
//   - Nothing is dropped: if a queue is full, Publish waits, and a peer that does
//     not read is cut off (see Options.StallTimeout). All peers that do not read
//     have the same time, so that Publish waits for it once.
//   - Every change of subscriptions is reported on the channel Subscriptions
//     after it took effect, a peer's disconnection included.
//
// All methods may be called from any goroutine. For its goroutines see Socket; a
// peer's read goroutine also waits for its events to be taken.
type Publisher struct {
	Socket
	events chan Subscription

	publishing sync.Mutex // keeps the order the same for all
	mu         sync.Mutex
	added      chan struct{} // closed and replaced when somebody subscribes
}

// ListenPublisher binds a publisher at endpoint, "tcp://HOST:PORT" or
// "ipc://PATH". What it receives are subscriptions: a message may have 64 KiB
// and 64 frames at most, whatever o says.
func ListenPublisher(endpoint string, o Options) (*Publisher, error) {
	o = o.withDefaults()
	lower(&o.MaxMessage, 64<<10)
	lower(&o.MaxFrames, 64)
	p := &Publisher{events: make(chan Subscription, 64), added: make(chan struct{})}
	if err := p.start(endpoint, zmq4.XPub, p, o); err != nil {
		return nil, err
	}
	return p, nil
}

// Subscriptions gives the channel of changes. Somebody should always receive
// from it; it is never closed, so select it with the end of whatever receives.
func (b *Publisher) Subscriptions() <-chan Subscription { return b.events }

// Publish queues frames for every peer subscribed to a beginning of frames[0],
// the topic. It returns ErrClosed after Close; peers that go or are cut off
// meanwhile are no error. The frames must not be changed afterwards.
func (b *Publisher) Publish(frames [][]byte) error {
	if len(frames) == 0 {
		return fmt.Errorf("zmtp: publish: message without a topic")
	}
	b.publishing.Lock()
	defer b.publishing.Unlock()
	it := messageItem(frames)
	var full []*peer
	for _, p := range b.list() {
		if !p.subs.match(frames[0]) {
			continue
		}
		if done, _ := p.out.offer(it); !done {
			full = append(full, p)
		}
	}
	for _, p := range full {
		p.out.await(it) // an error is that peer's end, and no one else's
	}
	return b.open()
}

// SendTo queues frames for one peer, known from its Subscription. Its
// subscriptions are not looked at here, but SUB sockets do so themselves:
// frames[0] should begin with one. A peer that has gone gives ErrNoPeer.
func (b *Publisher) SendTo(id uint64, frames [][]byte) error {
	b.Socket.mu.Lock()
	p := b.peers[id]
	b.Socket.mu.Unlock()
	if p == nil {
		return ErrNoPeer
	}
	if err := p.out.put(messageItem(frames)); err != nil {
		return fmt.Errorf("%w: %w", ErrNoPeer, err)
	}
	return nil
}

func (b *Publisher) open() error {
	select {
	case <-b.done:
		return ErrClosed
	default:
		return nil
	}
}

// Subscribed tells whether a message with this topic would go to anybody.
func (b *Publisher) Subscribed(topic string) bool {
	for _, p := range b.list() {
		if p.subs.match([]byte(topic)) {
			return true
		}
	}
	return false
}

// WaitSubscribed waits until Subscribed(topic), or returns ctx's error, or
// ErrClosed.
func (b *Publisher) WaitSubscribed(ctx context.Context, topic string) error {
	for {
		b.mu.Lock()
		added := b.added
		b.mu.Unlock()
		if b.Subscribed(topic) {
			return nil
		}
		select {
		case <-added:
		case <-ctx.Done():
			return ctx.Err()
		case <-b.done:
			return ErrClosed
		}
	}
}

func (b *Publisher) joined(*peer) {}

// message is a subscription in the form of ZMTP 3.0: one byte, 1 to subscribe
// and 0 to cancel, then the topic. XSUB peers may send anything else too; it is
// for nobody here.
func (b *Publisher) message(p *peer, frames [][]byte) error {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return nil
	}
	switch topic := string(frames[0][1:]); frames[0][0] {
	case 0:
		b.cancel(p, topic)
	case 1:
		return b.subscribe(p, topic)
	}
	return nil
}

// command is a subscription in the form of ZMTP 3.1.
func (b *Publisher) command(p *peer, name string, data []byte) error {
	switch name {
	case zmq4.CmdSubscribe:
		return b.subscribe(p, string(data))
	case zmq4.CmdCancel:
		b.cancel(p, string(data))
	}
	return nil
}

func (b *Publisher) subscribe(p *peer, topic string) error {
	fresh, err := p.subs.add(topic)
	if !fresh {
		return err
	}
	b.mu.Lock()
	close(b.added)
	b.added = make(chan struct{})
	b.mu.Unlock()
	b.report(Subscription{Peer: p.id, Topic: topic, Added: true})
	return nil
}

func (b *Publisher) cancel(p *peer, topic string) {
	if p.subs.remove(topic) {
		b.report(Subscription{Peer: p.id, Topic: topic})
	}
}

func (b *Publisher) left(p *peer) {
	for _, topic := range p.subs.clear() {
		b.report(Subscription{Peer: p.id, Topic: topic})
	}
}

func (b *Publisher) report(s Subscription) {
	select {
	case b.events <- s:
	case <-b.done:
	}
}
