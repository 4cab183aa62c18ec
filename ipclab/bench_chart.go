package ipclab

import "strconv"

// Chart returns the distributions of the round trips in one chart, over a logarithmic axis of time: what share of them took at
// most so long.
func (t *BenchTable) Chart() *Chart {
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
