package chart

import (
	"math"
	"slices"
)

// binsMost bounds the bins of a histogram.
const binsMost = 60

// Histogram counts values in bins of equal width, or of equal ratio if log is set, and returns the counts as steps. The
// number of bins follows the rule of Freedman and Diaconis, between 5 and 60. Values that are not finite, or not above 0 if log
// is set, are not counted; skipped says how many.
func Histogram(values []float64, log bool) (steps []Point, skipped int) {
	kept := make([]float64, 0, len(values))
	for _, v := range values {
		if !usable(v) || log && v < 1/greatest {
			skipped++
			continue
		}
		if log {
			v = math.Log10(v)
		}
		kept = append(kept, v)
	}
	if len(kept) == 0 {
		return nil, skipped
	}
	slices.Sort(kept)
	low, high := kept[0], kept[len(kept)-1]
	if high-low <= math.Max(math.Abs(low), math.Abs(high))*1e-9 {
		room := max(math.Abs(low)/20, 0.05)
		low, high = low-room, high+room
	}
	n := bins(kept, high-low)
	counts := make([]int, n)
	for _, v := range kept {
		counts[min(int((v-low)/(high-low)*float64(n)), n-1)]++
	}
	edge := func(i int) float64 {
		e := low + (high-low)*float64(i)/float64(n)
		if log {
			e = math.Pow(10, e)
		}
		return e
	}
	steps = append(steps, Point{X: edge(0)})
	for i, c := range counts {
		steps = append(steps, Point{X: edge(i), Y: float64(c)})
	}
	return append(steps, Point{X: edge(n)}), skipped
}

// bins returns how many bins suit sorted values that span so much.
func bins(sorted []float64, span float64) int {
	n := len(sorted)
	half := sorted[n*3/4] - sorted[n/4]
	width := 2 * half / math.Cbrt(float64(n))
	if !(width > 0) {
		return 10
	}
	return int(min(max(math.Ceil(span/width), 5), binsMost))
}
