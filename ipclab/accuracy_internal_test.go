package ipclab

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/internal/shm"
)

// A journal is memory in which the processes of an exchange note what they know themselves: times by the same clock.
type journal struct {
	memory *shm.Region
	n      int // noted by this process
}

const journalMost = 1 << 16

func newJournal(t *testing.T) *journal {
	t.Helper()
	m, err := shm.New(8*(1+journalMost), true)
	if err != nil {
		t.Fatal(err)
	}
	return &journal{memory: m}
}

func (j *journal) note(d time.Duration) {
	if j.n < journalMost {
		j.n++
		j.memory.Store64(8*j.n, uint64(d))
		j.memory.Store64(0, uint64(j.n))
	}
}

// last returns the median of the last n that were noted, but for the one at the very end, which does not count.
func (j *journal) last(n int) float64 {
	all := int(j.memory.Load64(0))
	var values []float64
	for i := max(all-n, 1); i < all; i++ {
		values = append(values, float64(j.memory.Load64(8*i)))
	}
	return bench.MedianOf(values).Median
}

// An instrument measures round trips: it tells how many, and their median in nanoseconds. trips is how many are enough.
type instrument func(name string, trips int, client, server func() error) (n int, median float64, err error)

var instruments = map[string]instrument{
	"RoundTripsOf": func(name string, trips int, client, server func() error) (int, float64, error) {
		l, err := RoundTripsOf(name, trips, client, server)
		if err != nil {
			return 0, 0, err
		}
		return trips, float64(l.Percentile(50)), nil
	},
	"BenchOf": func(name string, _ int, client, server func() error) (int, float64, error) {
		table, err := BenchOf(name, client, server, BenchOptions{Rounds: 1, Uncounted: true})
		if err != nil {
			return 0, 0, err
		}
		row := table.Rows()[0]
		return row.Trips, row.Medians[0], nil
	},
}

// TestKnownDelays: what an instrument finds is what the client knows by the same clock, within 2 %, and not less than what the
// server knows that its delay was. However slow the machine is, that holds.
func TestKnownDelays(t *testing.T) {
	for _, c := range []struct {
		name  string
		trips int
		delay func()
	}{
		{"sleep of 1 ms", 100, func() { time.Sleep(time.Millisecond) }},
		{"busy wait of 10 µs", 2000, func() {
			for begun := time.Now(); time.Since(begun) < 10*time.Microsecond; {
			}
		}},
	} {
		for name, measure := range instruments {
			// What disturbs the machine may come between two readings of the clock, but an instrument that is wrong is wrong each time.
			const attempts = 5
			var said []string
			for len(said) < attempts {
				text, ok := knownDelay(t, measure, c.name, c.trips, c.delay)
				if ok {
					break
				}
				said = append(said, text)
			}
			if len(said) == attempts {
				t.Errorf("%s, %s: %s", name, c.name, strings.Join(said, "; "))
			}
		}
	}
}

// knownDelay measures trips with a delay in the server, and compares the median with what the client itself has seen.
func knownDelay(t *testing.T, measure instrument, name string, trips int, wait func()) (text string, ok bool) {
	t.Helper()
	there, ask, err1 := Pipe()
	back, answer, err2 := Pipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	seen, delays := newJournal(t), newJournal(t)
	b := make([]byte, 1)
	n, found, err := measure(name, trips,
		func() error {
			begun := time.Now()
			ask.Write(b)
			_, err := back.Read(b)
			seen.note(time.Since(begun))
			return err
		},
		func() error {
			there.Read(b)
			begun := time.Now()
			wait()
			delays.note(time.Since(begun))
			_, err := answer.Write(b)
			return err
		})
	for _, fd := range []FD{there, ask, back, answer} {
		fd.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	known, delay := seen.last(n), delays.last(n)
	text = fmt.Sprintf("%d trips of %.0f ns, by the client's knowledge %.0f, of which the server's delay is %.0f", n, found, known, delay)
	return text, math.Abs(found-known) <= 0.02*known && found >= delay
}
