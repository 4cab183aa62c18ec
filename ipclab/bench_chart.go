package ipclab

import (
	"strconv"
	"time"
)

// Chart returns the times as bars over a logarithmic axis, the fastest first: p50 of a round trip with its confidence interval,
// where there is one, or, if only throughput was measured, the messages that go one way in a second.
func (t *BenchTable) Chart() *Chart {
	c := NewChart("").LogX()
	if t == nil {
		return c
	}
	c.title = t.caption
	rates := !t.has(func(r *BenchRow) bool { return r.Trips > 0 })
	var names []string
	var lengths, low, high []float64
	for _, r := range t.rows {
		switch {
		case rates:
			names, lengths, low, high = append(names, t.name(r)), append(lengths, r.PerSecond), append(low, r.RateLow), append(high, r.RateHigh)
		case r.Trips > 0:
			names, lengths, low, high = append(names, t.name(r)), append(lengths, us(r.P50)), append(low, us(r.Low)), append(high, us(r.High))
		}
	}
	if rates {
		c.X("messages one way", "1/s")
	} else {
		c.X("round trip, p50", "µs")
	}
	c.Bars(names, lengths, low, high)
	for i := range lengths {
		c.series[0].points[i].bounded = low[i] > 0 // there may be too few rounds for an interval
	}
	return c
}

// Distributions returns the round trips of each row as a line, over a logarithmic axis of time: what share of them took at most
// so long. It shows what a median hides: how often, and how much, longer than usual a trip takes.
func (t *BenchTable) Distributions() *Chart {
	c := &Chart{title: "Time of a round trip", x: "round trip (µs)", y: "share that took at most as long"}
	if t == nil {
		return c
	}
	for _, r := range t.rows {
		if r.times.Count() == 0 {
			continue
		}
		s := series{name: t.name(r)}
		for _, p := range chartPercentiles() {
			s.points = append(s.points, point{x: r.times.Percentile(p) / 1e3, y: p / 100})
		}
		c.series = append(c.series, s)
	}
	return c
}

// name names a row so that no other has the name.
func (t *BenchTable) name(r *BenchRow) string {
	name := r.Label()
	if t.has(func(o *BenchRow) bool { return o != r && o.Label() == r.Label() && o.Size != r.Size }) {
		name += ", " + strconv.Itoa(r.Size) + " B"
	}
	if t.has(func(o *BenchRow) bool { return o != r && o.Label() == r.Label() && o.processors() != r.processors() }) {
		name += ", CPUs " + r.processors()
	}
	return name
}

// us returns a time in microseconds.
func us(d time.Duration) float64 { return float64(d) / 1e3 }
