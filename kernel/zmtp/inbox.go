package zmtp

import (
	"context"
	"sync"
)

// inbox is the queue of what all peers of a router sent. Each peer has its own
// bound in bytes, so that one who floods waits alone.
type inbox struct {
	limit int64
	mu    sync.Mutex
	queue []received
	ready chan struct{} // the queue is not empty
}

type received struct {
	Message
	from *peer
	size int64
}

func newInbox(limit int64) *inbox {
	return &inbox{limit: limit, ready: make(chan struct{}, 1)}
}

// put queues frames from p and then waits until p is within its bound again, or
// closed. Only p's reading goroutine calls it.
func (b *inbox) put(p *peer, frames [][]byte) {
	size := memory(frames)
	b.mu.Lock()
	b.queue = append(b.queue, received{Message{Peer: []byte(p.identity), Frames: frames}, p, size})
	p.unread += size
	over := p.unread > b.limit
	b.mu.Unlock()
	notify(b.ready)
	for over {
		select {
		case <-p.room:
		case <-p.done:
			return
		}
		b.mu.Lock()
		over = p.unread > b.limit
		b.mu.Unlock()
	}
}

// try takes the oldest message.
func (b *inbox) try() (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return Message{}, false
	}
	r := b.queue[0]
	b.queue[0] = received{}
	b.queue = b.queue[1:]
	if len(b.queue) == 0 {
		b.queue = nil
	} else {
		notify(b.ready) // for other receivers
	}
	r.from.unread -= r.size
	if r.from.unread <= b.limit {
		notify(r.from.room)
	}
	return r.Message, true
}

// take waits for a message.
func (b *inbox) take(ctx context.Context, done <-chan struct{}) (Message, error) {
	for {
		if m, ok := b.try(); ok {
			return m, nil
		}
		select {
		case <-b.ready:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		case <-done:
			return Message{}, ErrClosed
		}
	}
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
