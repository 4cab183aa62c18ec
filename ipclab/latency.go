package ipclab

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/mime"
)

// A Latency is the times of many round trips by one mechanism. Times are kept to three significant digits, in an HDR
// histogram; the least, the greatest and the mean are exact.
type Latency struct {
	Mechanism   string
	Size        int                // bytes in a message; 0 if unknown
	Trips       int                // round trips measured
	Voluntary   float64            // context switches per round trip because a process waited, of client and server together
	Involuntary float64            // context switches per round trip because another process's turn had come
	Calls       map[string]float64 // system calls per round trip by name, of client and server together; nil if not counted

	// RuntimeCalls are those that the Go runtime in both made for itself meanwhile, for its scheduler and poller.
	RuntimeCalls map[string]float64

	times *bench.Distribution
	notes []string
}

// A LatencyRow is one point of a distribution: that part of all round trips took at most so long.
type LatencyRow struct {
	Mechanism  string
	Size       int           // bytes in a message; 0 if unknown
	Percentile float64       // 0 to 100
	Latency    time.Duration // of a round trip
}

// newLatency makes a Latency of at least one time.
func newLatency(mechanism string, size int, times []time.Duration) *Latency {
	l := &Latency{Mechanism: mechanism, Size: size, Trips: len(times), times: bench.NewDistribution(false)}
	for _, d := range times {
		l.times.Add(float64(d))
	}
	return l
}

// conditions notes what the reader of the figures should know.
func (l *Latency) conditions(m *measurement) {
	if l.Trips < m.n {
		l.notes = append(l.notes, fmt.Sprintf("%s: ended after %v with %d of %d round trips.", m.name, m.options.Limit, l.Trips, m.n))
	}
	where := "on any processor"
	switch c := m.options.CPUs; len(c) {
	case 1:
		where = fmt.Sprintf("both on CPU %d", c[0])
	case 2:
		where = fmt.Sprintf("client on CPU %d, server on CPU %d", c[0], c[1])
	}
	l.notes = append(l.notes, fmt.Sprintf("%s: two processes, %s; %d round trips to warm up are not counted.", m.name, where, m.warmUp))
}

// Percentile returns the time that p per cent of the round trips did not exceed: Percentile(50) is the median. Values of
// p outside 0 to 100 are taken for the nearer of the two; 0 gives the least time, 100 the greatest.
func (l *Latency) Percentile(p float64) time.Duration {
	if l == nil {
		return 0
	}
	return nanoseconds(l.times.Percentile(p))
}

// Mean returns the mean. Few slow trips shift it far from what is usual: look at percentiles first.
func (l *Latency) Mean() time.Duration {
	if l == nil {
		return 0
	}
	return nanoseconds(l.times.Mean())
}

// Rows returns the distribution as tidy data for a chart: 0, 1, 2 … 99, then 99.1 … 99.9, 99.99 and 100 per cent.
func (l *Latency) Rows() []LatencyRow {
	if l == nil || l.times == nil {
		return nil
	}
	var rows []LatencyRow
	for _, p := range chartPercentiles() {
		rows = append(rows, LatencyRow{Mechanism: l.Mechanism, Size: l.Size, Percentile: p, Latency: l.Percentile(p)})
	}
	return rows
}

// chartPercentiles are those at which a distribution is drawn, ascending.
func chartPercentiles() []float64 {
	var ps []float64
	for i := range 100 {
		ps = append(ps, float64(i))
	}
	for i := 1; i < 10; i++ {
		ps = append(ps, 99+float64(i)/10)
	}
	return append(ps, 99.99, 100)
}

// Table returns percentiles, mean and context switches as a table of one row.
func (l *Latency) Table() *Table { return Latencies{l}.Table() }

// Chart returns the distribution as a chart.
func (l *Latency) Chart() *Chart { return Latencies{l}.Chart() }

// String returns the table as text.
func (l *Latency) String() string { return l.Table().String() }

// MIMEBundle returns the table in all its representations.
func (l *Latency) MIMEBundle() mime.Bundle { return l.Table().MIMEBundle() }

// Latencies are measurements to be compared: ipclab.Latencies{pipe, socketpair}.
type Latencies []*Latency

// Table returns a row for each measurement.
func (ls Latencies) Table() *Table {
	headings := []string{"mechanism", "size", "round trips", "p50", "p90", "p99", "max", "mean", "context switches per trip", "of these involuntary"}
	counted := slices.ContainsFunc(ls, func(l *Latency) bool { return l != nil && l.Calls != nil })
	if counted {
		headings = append(headings, "system calls per trip")
	}
	t := NewTable(headings...).
		Units("", "bytes", "", "µs", "µs", "µs", "µs", "µs").Caption("Time of a round trip between two processes")
	for _, l := range ls {
		if l == nil {
			continue
		}
		var size any
		if l.Size > 0 {
			size = l.Size
		}
		row := []any{l.Mechanism, size, l.Trips, l.Percentile(50), l.Percentile(90), l.Percentile(99), l.Percentile(100), l.Mean(),
			rounded(l.Voluntary + l.Involuntary), rounded(l.Involuntary)}
		if calls, ok := l.CallsPerTrip(); ok {
			row = append(row, rounded(calls))
		}
		t.Row(row...)
		for _, note := range l.notes {
			t.Note(note)
		}
	}
	return t
}

// rounded keeps two decimals, which is what counts per round trip are worth.
func rounded(f float64) float64 { return math.Round(f*100) / 100 }

// Rows returns the distributions as tidy data, one measurement after the other.
func (ls Latencies) Rows() []LatencyRow {
	var rows []LatencyRow
	for _, l := range ls {
		rows = append(rows, l.Rows()...)
	}
	return rows
}

// Chart returns the distributions in one chart.
func (ls Latencies) Chart() *Chart {
	c := &Chart{title: "Time of a round trip", x: "round trip (µs)", y: "share that took at most as long"}
	for _, l := range ls {
		if l == nil || l.times == nil {
			continue
		}
		s := series{name: l.Mechanism}
		if l.Size > 0 {
			s.name += ", " + bytesText(l.Size)
		}
		for _, r := range l.Rows() {
			s.points = append(s.points, point{x: float64(r.Latency) / 1e3, y: r.Percentile / 100})
		}
		c.series = append(c.series, s)
	}
	return c
}

// String returns the table as text.
func (ls Latencies) String() string { return ls.Table().String() }

// MIMEBundle returns the table in all its representations.
func (ls Latencies) MIMEBundle() mime.Bundle { return ls.Table().MIMEBundle() }

// bytesText words a size.
func bytesText(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
