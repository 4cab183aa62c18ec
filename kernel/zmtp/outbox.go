package zmtp

import (
	"context"
	"sync"
	"time"
)

// item is a message or a command to be sent.
type item struct {
	frames  [][]byte
	command string // name of a command with the data frames[0]; "": a message
	size    int64  // bytes on the wire
}

func messageItem(frames [][]byte) item {
	return item{frames: frames, size: wireSize(frames)}
}

func commandItem(name string, data []byte) item {
	n := 1 + len(name) + len(data)
	return item{frames: [][]byte{data}, command: name, size: int64(n) + headerSize(n)}
}

// outbox is the queue to one peer, bounded in bytes. Any number of goroutines
// put into it, one takes out.
//
// A sender that finds it full waits, and from then on the peer is on trial: it
// must take minProgress every StallTimeout, or it is cut off. The trial ends when
// nobody waits and the queue is half empty, not as soon as the waiting sender
// got in: a peer that reads a little every other second would otherwise never be
// found out.
type outbox struct {
	o *Options

	mu      sync.Mutex
	changed sync.Cond // something was sent, or the outbox is closed
	items   []item
	queued  int64 // bytes not yet taken by the operating system
	err     error // why it is closed; nil while open
	wake    chan struct{}

	waiting int       // senders that wait
	trial   time.Time // when it began, or minProgress was made last; zero: none
	taken   int64     // bytes sent since then
}

func newOutbox(o *Options) *outbox {
	b := &outbox{o: o, wake: make(chan struct{}, 1)}
	b.changed.L = &b.mu
	return b
}

// put queues it, waiting for room if it must; it returns an error if the outbox
// is closed, which happens at the latest when a trial was not passed.
func (b *outbox) put(it item) error {
	if done, err := b.offer(it); done {
		return err
	}
	return b.await(it)
}

// offer queues it if there is room and reports whether it is done with: queued,
// or refused with an error because the outbox is closed. If not, the sender
// counts as waiting and must call await; so one who sends to many peers has all
// their trials begin at once.
func (b *outbox) offer(it item) (done bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return true, b.err
	}
	if b.fits(it) {
		b.add(it)
		return true, nil
	}
	if b.trial.IsZero() {
		b.trial, b.taken = time.Now(), 0
	}
	b.waiting++
	return false, nil
}

// await queues it as soon as there is room, after offer did not.
func (b *outbox) await(it item) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.waiting-- }()
	for b.err == nil && !b.fits(it) {
		b.changed.Wait()
	}
	if b.err != nil {
		return b.err
	}
	b.add(it)
	return nil
}

func (b *outbox) fits(it item) bool {
	return b.queued == 0 || b.queued+it.size <= b.o.QueueBytes
}

func (b *outbox) add(it item) {
	b.items = append(b.items, it)
	b.queued += it.size
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take removes everything queued, in order, and waits if there is nothing. It
// returns nil when the outbox is closed. What was taken counts as queued until
// sent is told otherwise.
func (b *outbox) take(reuse []item) []item {
	for {
		b.mu.Lock()
		items, err := b.items, b.err
		if len(items) > 0 {
			b.items = reuse[:0]
		}
		b.mu.Unlock()
		if err != nil {
			return nil
		}
		if len(items) > 0 {
			return items
		}
		<-b.wake
	}
}

// sent notes that the operating system took n bytes more.
func (b *outbox) sent(n int64) {
	b.mu.Lock()
	b.queued -= n
	b.taken += n
	switch {
	case b.trial.IsZero():
	case b.waiting == 0 && b.queued <= b.o.QueueBytes/2:
		b.trial = time.Time{}
	case b.taken >= b.o.minProgress():
		b.trial, b.taken = time.Now(), 0
	}
	b.mu.Unlock()
	b.changed.Broadcast()
}

// patience gives the time after which sent, and then stalled, should be called
// again: progress must be seen soon after it was made.
func (b *outbox) patience() time.Duration {
	const looks = 10 // in each StallTimeout
	b.mu.Lock()
	defer b.mu.Unlock()
	patience := b.o.StallTimeout / looks
	if !b.trial.IsZero() {
		patience = min(patience, time.Until(b.trial.Add(b.o.StallTimeout)))
	}
	return max(patience, time.Millisecond)
}

// stalled tells whether the peer failed its trial. That it made nobody wait is
// no failure, whatever it took.
func (b *outbox) stalled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trial.IsZero() || time.Since(b.trial) < b.o.StallTimeout {
		return false
	}
	if b.waiting == 0 {
		b.trial, b.taken = time.Now(), 0
		return false
	}
	return true
}

// close refuses further items, drops those queued, and makes senders return err.
func (b *outbox) close(err error) {
	b.mu.Lock()
	if b.err == nil {
		b.err = err
		b.items = nil
	}
	b.mu.Unlock()
	b.changed.Broadcast()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// flush waits until the operating system has taken everything, or the outbox is
// closed; it returns ctx's error if that ends first.
func (b *outbox) flush(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changed.Broadcast()
	})()
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.queued > 0 && b.err == nil && ctx.Err() == nil {
		b.changed.Wait()
	}
	if b.err != nil {
		return nil
	}
	return ctx.Err()
}
