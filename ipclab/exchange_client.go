package ipclab

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/interpreted"
)

// What is in this file runs in the client of an exchange.

// Bounds of what the client chooses itself.
const (
	warmUpBatch   = 200 * time.Microsecond // as many trips as that takes are looked at together
	warmUpSamples = 256                    // though not more than so many
	warmUpLeast   = 300                    // trips, if there is time
	warmUpShare   = 3                      // the part of the time that warming up may take: a third
	tripsLeast    = 5                      // that count, even where they are slow
	batchAbove    = 25                     // a trip that takes less than so many times what the clock costs is timed in batches
	batchCost     = 100                    // a batch takes at least so many times what the clock costs
	batchMost     = 1024
	overheadTries = 2001
)

// A client is the side that takes the times.
type client struct {
	*exchange
	party
	start   time.Time
	trips   int           // made so far
	fastest time.Duration // of those whose time was taken
}

// now is the time since the client began. It is what the times of trips are taken with.
func (c *client) now() time.Duration { return time.Since(c.start) }

// Now and Wait make the client a clock for a schedule.
func (c *client) Now() time.Duration { return c.now() }

// Wait sleeps while there is much time, and is awake, though willing to let others run, when the moment comes.
func (c *client) Wait(until time.Duration) {
	const awake = 300 * time.Microsecond
	if left := until - c.now() - awake; left > 0 {
		sleep := unix.NsecToTimespec(int64(left))
		unix.Nanosleep(&sleep, nil)
	}
	for c.now() < until {
		yield()
	}
}

// measure is the client: trips to warm up, trips that count, and one more, marked as the last, that ends the server.
func (x *exchange) measure(p party) {
	c := &client{exchange: x, party: p, start: time.Now()}
	overhead := c.overhead()
	x.report.findFine(foundOverhead, overhead)
	if x.interpreted > 0 {
		x.report.findFine(foundCall, c.callCost())
	}
	if x.timing.oneWay {
		c.oneWay()
		return
	}
	each, last := c.warmUp()
	if c.late() {
		x.takeLast(c, last)
		return
	}
	x.report.find(foundWarmUp, c.trips)
	batch := c.batch(each, overhead)
	x.report.find(foundBatch, batch)
	samples := make([]int64, x.timing.most)
	for i := range samples {
		samples[i] = 1 // so that the pages are there
	}
	x.report.setMark(c.trips+1, false)
	first, before := c.trips, x.usage()
	n := 0
	switch {
	case x.timing.rate > 0:
		n = c.scheduled(samples)
	case batch > 1:
		n = c.batches(samples, batch)
	default:
		n = c.single(samples)
	}
	x.report.use(clientRole, c.trips-first, before, x.usage())
	x.report.setMark(c.trips+1, true)
	c.trip()
	x.report.setSamples(samples[:n])
}

// takeLast has the last trips to warm up count: they are so slow that there is no time for others.
func (x *exchange) takeLast(c *client, last []time.Duration) {
	x.report.find(foundWarmUp, c.trips-len(last))
	x.report.find(foundBatch, 1)
	samples := make([]int64, min(len(last), x.timing.most))
	for i := range samples {
		samples[i] = int64(last[i])
	}
	x.report.setMark(c.trips+1, true)
	c.trip()
	x.report.setSamples(samples)
}

// took notes what a trip took.
func (c *client) took(d time.Duration) {
	if c.fastest == 0 || d < c.fastest {
		c.fastest = d
	}
}

// late reports whether trips take so long that after another one, and the one at the end, more time would be gone than there is.
// It is the fastest that tells: others may have been slow because the machine is busy.
func (c *client) late() bool {
	return c.timing.whole > 0 && c.fastest > warmUpBatch && c.now()+2*c.fastest > c.timing.whole
}

// trip makes a round trip; if it fails, the process ends here.
func (c *client) trip() {
	if err := c.end.Send(c.out); err != nil {
		c.lost(err)
	}
	if err := c.end.Receive(c.in); err != nil {
		c.lost(err)
	}
	c.trips++
}

// lost ends the process because of a round trip.
func (c *client) lost(err error) { c.give(clientRole, fmt.Errorf("round trip %d: %w", c.trips+1, err)) }

// until returns when no more samples are begun.
func (c *client) until() time.Duration {
	if c.timing.time == 0 {
		return c.limit
	}
	return min(c.now()+c.timing.time, c.limit)
}

// single takes the time of each trip.
func (c *client) single(samples []int64) int {
	end := c.until()
	for i := range samples {
		sent := c.now()
		c.trip()
		back := c.now()
		samples[i] = int64(back - sent)
		c.took(back - sent)
		if back > end && (c.timing.time == 0 || i+1 >= tripsLeast || back > c.limit || c.late()) {
			return i + 1
		}
	}
	return len(samples)
}

// batches takes the time of many trips at once.
func (c *client) batches(samples []int64, batch int) int {
	end := c.until()
	for i := range samples {
		sent := c.now()
		for range batch {
			c.trip()
		}
		back := c.now()
		samples[i] = int64(back - sent)
		if back > end && (i+1 >= tripsLeast || back > c.limit) {
			return i + 1
		}
	}
	return len(samples)
}

// scheduled makes requests when they are due.
func (c *client) scheduled(samples []int64) int {
	n := 0
	s := bench.EveryPart(c.now(), c.timing.rate)
	request := func() error { c.trip(); return nil }
	late, _ := s.Keep(len(samples), c.until(), c, request, func(latency time.Duration) {
		samples[n] = int64(latency)
		n++
	})
	c.report.find(foundLate, late)
	return n
}

// warmUp makes trips that do not count and returns what one takes, and what each of the last ones took.
func (c *client) warmUp() (each time.Duration, last []time.Duration) {
	bound := c.limit / 2
	if c.timing.warmUp >= 0 {
		for c.trips < c.timing.warmUp && c.now() < bound {
			c.trip()
		}
		return 0, nil
	}
	var w bench.WarmUp
	bound = min(bound, c.now()+c.timing.time/warmUpShare)
	times := make([]time.Duration, 0, warmUpSamples)
	for {
		times = times[:0]
		for begun := c.now(); len(times) < warmUpSamples; {
			sent := c.now()
			c.trip()
			back := c.now()
			times = append(times, back-sent)
			c.took(back - sent)
			if back-begun > warmUpBatch {
				break
			}
		}
		slices.Sort(times)
		each = times[len(times)/2]
		if w.Steady(float64(each)) && c.trips >= warmUpLeast {
			return each, times
		}
		if c.now() > bound || c.late() {
			c.report.find(foundUnsteady, 1)
			return each, times
		}
	}
}

// batch returns how many trips to time at once.
func (c *client) batch(each time.Duration, overhead float64) int {
	switch {
	case c.timing.batch > 0:
		return c.timing.batch
	case each == 0 || c.timing.rate > 0 || float64(each) > batchAbove*overhead:
		return 1
	}
	net := max(float64(each)-overhead, 1)
	return min(int(batchCost*overhead/net)+1, batchMost)
}

// overhead returns what taking the time adds to a trip, in nanoseconds: reading the clock twice with nothing between.
func (c *client) overhead() float64 {
	times := make([]time.Duration, overheadTries)
	for range 2 { // the first time is to warm up
		for i := range times {
			before := c.now()
			times[i] = c.now() - before
		}
	}
	slices.Sort(times)
	middle := times[len(times)/4 : len(times)*3/4] // the clock counts whole nanoseconds: a mean is finer than the median
	sum := time.Duration(0)
	for _, t := range middle {
		sum += t
	}
	return float64(sum) / float64(len(middle))
}

// callCost returns what calling an interpreted function takes, in nanoseconds: the median of batches of calls of an empty one.
func (c *client) callCost() float64 {
	const calls, batches = 50, 21
	empty := interpreted.Empty()
	if empty == nil {
		return 0
	}
	var times []time.Duration
	for range batches {
		begun := c.now()
		for range calls {
			_ = empty()
		}
		times = append(times, c.now()-begun)
	}
	slices.Sort(times)
	return float64(times[batches/2]) / calls
}
