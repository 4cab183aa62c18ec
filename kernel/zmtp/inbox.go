package zmtp

import (
	"context"
	"sync"
	"time"
)

// inbox is the queue of what all peers of a router sent. Each peer has its own
// bound in bytes, so that one who floods waits alone; only when many do, all wait.
type inbox struct {
	limit int64 // for one peer
	total int64 // for all
	ready chan struct{}

	mu    sync.Mutex
	queue []received
	bytes int64
	room  chan struct{} // closed and replaced when bytes falls to total
}

// shares is how many peers can fill their bounds before all must wait.
const shares = 8

type received struct {
	Message
	from *peer
	size int64
}

func newInbox(limit int64) *inbox {
	return &inbox{limit: limit, total: shares * limit, ready: make(chan struct{}, 1), room: make(chan struct{})}
}

// put queues frames from p and then waits until p and the inbox are within their
// bounds, or p is closed. Only p's reading goroutine calls it.
func (b *inbox) put(p *peer, frames [][]byte) {
	size := memory(frames)
	b.mu.Lock()
	b.queue = append(b.queue, received{Message{Peer: []byte(p.identity), Frames: frames, Arrived: time.Now()}, p, size})
	p.unread += size
	b.bytes += size
	b.mu.Unlock()
	notify(b.ready)
	for {
		room, within := b.within(p)
		if within {
			return
		}
		select {
		case <-room:
		case <-p.room:
		case <-p.done:
			return
		}
	}
}

// within tells whether p may send on; if not because of all the others, room
// will be closed when it should be asked again.
func (b *inbox) within(p *peer) (room <-chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.room, p.unread <= b.limit && b.bytes <= b.total
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
	b.account(r)
	return r.Message, true
}

// account notes that r has left the queue, and wakes who waited for that.
func (b *inbox) account(r received) {
	r.from.unread -= r.size
	if r.from.unread <= b.limit {
		notify(r.from.room)
	}
	before := b.bytes
	b.bytes -= r.size
	if before > b.total && b.bytes <= b.total {
		close(b.room)
		b.room = make(chan struct{})
	}
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
