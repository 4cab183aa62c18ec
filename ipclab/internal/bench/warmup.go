package bench

import "slices"

// What steady means: so many medians in succession, of a batch of trips each, do not differ by more than that part.
const (
	steadyBatches = 3
	steadyWithin  = 0.05
)

// A WarmUp decides when two processes have come to their pace: caches are filled, pages are there, the processor runs at
// its frequency. The zero value is one at its beginning.
type WarmUp struct {
	last    [steadyBatches]float64
	batches int
}

// Steady takes the median of the next batch and reports whether the pace is steady now.
func (w *WarmUp) Steady(median float64) bool {
	w.last[w.batches%steadyBatches] = median
	w.batches++
	return w.batches >= steadyBatches && slices.Max(w.last[:]) <= (1+steadyWithin)*slices.Min(w.last[:])
}

// Batches returns how many batches there were.
func (w *WarmUp) Batches() int { return w.batches }
