package bench

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Confidence is the level of intervals.
const Confidence = 0.95

// An Interval is the median of values and the bounds between which the median of all that might have been measured lies, at
// a confidence of 95 % or more. The bounds are infinite if there are too few values, fewer than 6, to tell.
type Interval struct{ Median, Low, High float64 }

// MedianOf returns the median of values with its interval, by order statistics: no distribution is assumed. All is 0 if
// there are no values.
func MedianOf(values []float64) Interval {
	if len(values) == 0 {
		return Interval{}
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), Confidence)
	return Interval{Median: s.Center, Low: s.Lo, High: s.Hi}
}

// HalfWidth returns half the width of the interval as a part of the median; infinite if the interval is.
func (i Interval) HalfWidth() float64 {
	switch {
	case math.IsInf(i.Low, 0) || math.IsInf(i.High, 0):
		return math.Inf(1)
	case i.Median == 0:
		return 0
	}
	return (i.High - i.Low) / 2 / math.Abs(i.Median)
}

// Bounded reports whether there were enough values for bounds.
func (i Interval) Bounded() bool { return !math.IsInf(i.HalfWidth(), 0) }
