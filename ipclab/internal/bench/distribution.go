package bench

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// longest is the time that a distribution does not tell from longer ones.
const longest = 10 * time.Minute

// finer is how many parts of a nanosecond a fine distribution tells from each other.
const finer = 100

// A Distribution is how often which time was measured, to three significant digits, in an HDR histogram. The least, the
// greatest and the mean are exact.
type Distribution struct {
	histogram   *hdrhistogram.Histogram
	parts       float64 // of a nanosecond
	count       int
	least, most float64
	sum         float64
}

// NewDistribution returns an empty distribution. A fine one tells times of less than a microsecond from each other by
// fractions of a nanosecond: it is for those that were timed many at once.
func NewDistribution(fine bool) *Distribution {
	d := &Distribution{parts: 1, least: math.Inf(1)}
	if fine {
		d.parts = finer
	}
	d.histogram = hdrhistogram.New(1, int64(float64(longest)*d.parts), 3)
	return d
}

// Add adds a time in nanoseconds. What is not positive is counted as the shortest time there is.
func (d *Distribution) Add(ns float64) {
	d.count++
	d.sum += ns
	d.least, d.most = min(d.least, ns), max(d.most, ns)
	d.histogram.RecordValue(int64(math.Round(min(max(ns*d.parts, 1), float64(longest)*d.parts)))) // in range, so without error
}

// Count returns how many times were added.
func (d *Distribution) Count() int {
	if d == nil {
		return 0
	}
	return d.count
}

// Mean returns the mean, 0 if nothing was added.
func (d *Distribution) Mean() float64 {
	if d.Count() == 0 {
		return 0
	}
	return d.sum / float64(d.count)
}

// Percentile returns the time that p per cent did not exceed. p outside 0 to 100 is taken for the nearer of the two; 0 gives
// the least time, 100 the greatest. It is 0 if nothing was added.
func (d *Distribution) Percentile(p float64) float64 {
	switch {
	case d.Count() == 0:
		return 0
	case p <= 0 || math.IsNaN(p):
		return d.least
	case p >= 100:
		return d.most
	}
	return min(max(float64(d.histogram.ValueAtPercentile(p))/d.parts, d.least), d.most)
}

// normal is how many standard deviations leave 5 % outside.
const normal = 1.96

// TripsFor returns how many trips, between least and most, tell the median so exactly that the half width of its interval
// is that part of it: of n times in order, the bounds are the ones about √n before and behind the middle. Nothing is known
// here of what shifts all times of a round alike, which is what rounds are for.
func (d *Distribution) TripsFor(precision float64, least, most int) int {
	if d.Count() == 0 {
		return least
	}
	n := max(least, 1)
	for n < most {
		aside := 100 * normal / 2 / math.Sqrt(float64(n))
		if d.Percentile(50+aside)-d.Percentile(50-aside) <= 2*precision*d.Percentile(50) {
			break
		}
		n *= 2
	}
	return min(n, most)
}
