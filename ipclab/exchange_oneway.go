package ipclab

import (
	"fmt"
	"time"
)

// What is in this file runs in the client of an exchange of messages that are not answered.

// Bounds of what the client chooses itself.
const (
	oneWayLeast  = 64                   // messages in the last batch, unless they take half of the time
	oneWayWarm   = 2 * time.Millisecond // a batch that takes so long tells what a message takes
	oneWayMost   = 1 << 26
	oneWayUsual  = 50 * time.Millisecond
	oneWayShares = 8 // what warming up may take: an eighth of the time for a batch
)

// oneWay sends messages as fast as they can be taken, and takes the time until the server has said that it has them all.
// Batches to warm up come before, which tell how many messages there is time for.
func (c *client) oneWay() {
	if c.timing.count > 0 {
		c.send(c.timing.count)
		c.report.hand(-1)
		return
	}
	length := c.timing.time
	if length == 0 {
		length = oneWayUsual
	}
	each, warm := 0.0, min(oneWayWarm, length/oneWayShares)
	for n := 1; ; n *= 2 { // as many as before have come before: messages may be so slow that there is time for few
		took := c.send(n)
		each = float64(took) / float64(n)
		if took >= warm && n >= oneWayLeast || c.now() > length/2 || n >= oneWayMost {
			break
		}
	}
	c.report.find(foundWarmUp, c.trips)
	n := int(min(max(float64(length)/max(each, 1), 1), oneWayMost))
	before := c.usage()
	took := c.send(n)
	c.report.use(clientRole, n, before, c.usage())
	c.report.find(foundBatch, n)
	c.report.setSamples([]int64{int64(took)})
	c.report.hand(-1)
}

// send sends n messages and waits until the server has taken them.
func (c *client) send(n int) time.Duration {
	all := c.trips + n
	begun := c.now()
	c.report.hand(all)
	for ; c.trips < all; c.trips++ {
		if err := c.end.Send(c.out); err != nil {
			c.give(clientRole, fmt.Errorf("message %d: %w", c.trips+1, err))
		}
	}
	if c.flush != nil {
		if err := c.flush(); err != nil {
			c.give(clientRole, fmt.Errorf("message %d: %w", c.trips, err))
		}
	}
	for c.report.taken() != all {
		yield()
	}
	return c.now() - begun
}
