package bench

import (
	"math"
	"testing"
)

func TestMedianOf(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		values    []float64
		want      Interval
		halfWidth float64
	}{
		{nil, Interval{}, 0},
		{[]float64{7}, Interval{7, -inf, inf}, inf},
		{[]float64{5, 1, 3, 2, 4}, Interval{3, -inf, 5}, inf}, // least to greatest hold the median at 93.75 %, which is too little
		{[]float64{6, 5, 4, 3, 2, 1}, Interval{3.5, 1, 6}, 2.5 / 3.5},
		{[]float64{10, 10, 10, 10, 10, 10}, Interval{10, 10, 10}, 0},
	} {
		got := MedianOf(c.values)
		if got != c.want || got.HalfWidth() != c.halfWidth || got.Bounded() != !math.IsInf(c.halfWidth, 0) {
			t.Errorf("%v: %+v, half width %g; want %+v, %g", c.values, got, got.HalfWidth(), c.want, c.halfWidth)
		}
	}
}

func TestMedianOfLeavesValuesAsTheyAre(t *testing.T) {
	values := []float64{3, 1, 2}
	MedianOf(values)
	if values[0] != 3 || values[1] != 1 || values[2] != 2 {
		t.Errorf("%v", values)
	}
}
