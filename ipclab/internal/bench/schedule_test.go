package bench

import (
	"errors"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

// A fakeClock is moved by who waits and by who works.
type fakeClock struct{ at time.Duration }

func (c *fakeClock) Now() time.Duration         { return c.at }
func (c *fakeClock) Wait(until time.Duration)   { c.at = max(c.at, until) }
func (c *fakeClock) work(d time.Duration) error { c.at += d; return nil }

// TestAPauseOfTheServerIsSeenByAllThatItDelays: of ten requests, 10 ms apart and of 1 ms each, the third takes 35 ms. If times
// were taken from when requests were sent, nine of them would look as if nothing had happened.
func TestAPauseOfTheServerIsSeenByAllThatItDelays(t *testing.T) {
	c, n := &fakeClock{at: 5 * ms}, 0
	var got []time.Duration
	request := func() error {
		n++
		if n == 3 {
			return c.work(35 * ms)
		}
		return c.work(ms)
	}
	late, err := EveryPart(c.at, 100).Keep(10, time.Hour, c, request, func(d time.Duration) { got = append(got, d) })
	// The third is due at 20 ms and answered at 55; those of 30, 40 and 50 ms are answered at 56, 57 and 58.
	want := []time.Duration{ms, ms, 35 * ms, 26 * ms, 17 * ms, 8 * ms, ms, ms, ms, ms}
	if err != nil || !slices.Equal(got, want) || late != 3 {
		t.Errorf("%v, %d late, %v; want %v", got, late, err, want)
	}
	if c.at != 5*ms+9*10*ms+ms {
		t.Errorf("the schedule took until %v", c.at)
	}
}

func TestScheduleEnds(t *testing.T) {
	c, told := &fakeClock{}, 0
	tell := func(time.Duration) { told++ }
	if _, err := EveryPart(0, 1000).Keep(100, 3*ms, c, func() error { return nil }, tell); err != nil || told != 5 {
		t.Errorf("%d requests until past 3 ms, %v; want those of 0 to 4 ms", told, err)
	}
	no, calls := errors.New("no"), 0
	_, err := EveryPart(0, 1000).Keep(100, time.Hour, c, func() error {
		if calls++; calls == 2 {
			return no
		}
		return nil
	}, tell)
	if err != no || calls != 2 || told != 6 {
		t.Errorf("%v after %d calls, %d told", err, calls, told)
	}
}

func TestDue(t *testing.T) {
	s := EveryPart(2*time.Second, 250)
	if s.Due(0) != 2*time.Second || s.Due(1) != 2004*ms || s.Due(250) != 3*time.Second {
		t.Errorf("due at %v, %v, %v", s.Due(0), s.Due(1), s.Due(250))
	}
}
