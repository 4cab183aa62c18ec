package slices

import (
	"cmp"
	"iter"
	"sort"
)

// Sort is slices.Sort.
func Sort[S ~[]E, E cmp.Ordered](x S) {
	switch s := any(x).(type) {
	case []int:
		sort.Ints(s)
	case []string:
		sort.Strings(s)
	case []float64:
		sort.Float64s(s)
	default:
		sort.Slice(x, func(i, j int) bool { return cmp.Less(x[i], x[j]) })
	}
}

// SortFunc is slices.SortFunc.
func SortFunc[S ~[]E, E any](x S, f func(a, b E) int) {
	sort.Slice(x, func(i, j int) bool { return f(x[i], x[j]) < 0 })
}

// SortStableFunc is slices.SortStableFunc.
func SortStableFunc[S ~[]E, E any](x S, f func(a, b E) int) {
	sort.SliceStable(x, func(i, j int) bool { return f(x[i], x[j]) < 0 })
}

// IsSorted is slices.IsSorted.
func IsSorted[S ~[]E, E cmp.Ordered](x S) bool {
	for i := len(x) - 1; i > 0; i-- {
		if cmp.Less(x[i], x[i-1]) {
			return false
		}
	}
	return true
}

// IsSortedFunc is slices.IsSortedFunc.
func IsSortedFunc[S ~[]E, E any](x S, f func(a, b E) int) bool {
	for i := len(x) - 1; i > 0; i-- {
		if f(x[i], x[i-1]) < 0 {
			return false
		}
	}
	return true
}

// Sorted is slices.Sorted.
func Sorted[E cmp.Ordered](seq iter.Seq[E]) []E {
	s := Collect(seq)
	Sort(s)
	return s
}

// SortedFunc is slices.SortedFunc.
func SortedFunc[E any](seq iter.Seq[E], f func(E, E) int) []E {
	s := Collect(seq)
	SortFunc(s, f)
	return s
}

// SortedStableFunc is slices.SortedStableFunc.
func SortedStableFunc[E any](seq iter.Seq[E], f func(E, E) int) []E {
	s := Collect(seq)
	SortStableFunc(s, f)
	return s
}
