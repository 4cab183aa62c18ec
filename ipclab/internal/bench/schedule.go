package bench

import "time"

// A Clock tells the time since some moment and waits for one.
type Clock interface {
	Now() time.Duration
	Wait(until time.Duration) // returns at once if that is past
}

// A Schedule is the times at which requests are due: a fixed time apart, whatever answers do.
type Schedule struct {
	Start, Each time.Duration
}

// EveryPart returns the schedule of so many requests in a second from start on.
func EveryPart(start time.Duration, rate float64) Schedule {
	return Schedule{Start: start, Each: time.Duration(float64(time.Second) / rate)}
}

// Due returns when request i is due.
func (s Schedule) Due(i int) time.Duration { return s.Start + time.Duration(i)*s.Each }

// Keep makes n requests, each when it is due or, if the one before was not answered by then, at once after that. What it
// tells about each is the time from when it was due to the answer: a request that had to wait for another's answer has waited
// too. Taking the time from when it was sent instead would leave out just the requests that a slow answer delayed, which is
// called coordinated omission. late is how many could not be made in time.
//
// It ends early at the first error, and when the time of the clock is past end.
func (s Schedule) Keep(n int, end time.Duration, clock Clock, request func() error, tell func(latency time.Duration)) (late int, err error) {
	for i := range n {
		due := s.Due(i)
		if clock.Now() > due && i > 0 {
			late++
		}
		clock.Wait(due)
		if err := request(); err != nil {
			return late, err
		}
		now := clock.Now()
		tell(now - due)
		if now > end {
			break
		}
	}
	return late, nil
}
