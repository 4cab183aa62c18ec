package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"ipclab/kernel/message"
)

// requests is the queue of what came on shell and waits for its turn. One
// goroutine puts, another takes.
type requests struct {
	ready, room chan struct{} // hold a token after put, after take

	mu    sync.Mutex
	list  []pending
	bytes int
}

// pending is a request and when it came.
type pending struct {
	*message.Message
	arrived time.Time
}

// requestsLimit bounds the queue, in bytes: from there on, clients wait. It is
// the bound that a socket has for each of its peers.
const requestsLimit = 8 << 20

// requestCost is what a request takes beside its content, at least.
const requestCost = 1 << 10

func newRequests() *requests {
	return &requests{ready: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

func (p pending) size() int {
	n := requestCost + len(p.RawHeader) + len(p.ParentHeader) + len(p.Metadata) + len(p.Content)
	for _, b := range p.Buffers {
		n += len(b)
	}
	return n
}

// put queues a request, and then waits until the queue is within its bound or
// ctx ends.
func (q *requests) put(ctx context.Context, p pending) {
	q.mu.Lock()
	q.list = append(q.list, p)
	q.bytes += p.size()
	q.mu.Unlock()
	signal(q.ready)
	for q.full() {
		select {
		case <-q.room:
		case <-ctx.Done():
			return
		}
	}
}

func (q *requests) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes > requestsLimit
}

// take waits for the oldest request; ok is false when ctx has ended.
func (q *requests) take(ctx context.Context) (p pending, ok bool) {
	for ctx.Err() == nil {
		if p, ok = q.try(); ok {
			signal(q.room)
			return p, true
		}
		select {
		case <-q.ready:
		case <-ctx.Done():
		}
	}
	return pending{}, false
}

func (q *requests) try() (p pending, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return pending{}, false
	}
	p, q.list[0] = q.list[0], pending{}
	if q.list = q.list[1:]; len(q.list) == 0 {
		q.list = nil
	}
	q.bytes -= p.size()
	return p, true
}

// awaitCell waits until a cell is in the queue or ctx ends. It may be called while
// nobody takes.
func (q *requests) awaitCell(ctx context.Context) {
	for !q.hasCell() {
		select {
		case <-q.ready:
			defer signal(q.ready)
		case <-ctx.Done():
			return
		}
	}
}

func (q *requests) hasCell() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.ContainsFunc(q.list, func(p pending) bool { return p.Header.Type == "execute_request" })
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
