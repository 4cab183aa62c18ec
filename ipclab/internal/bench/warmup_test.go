package bench

import "testing"

func TestWarmUp(t *testing.T) {
	for _, c := range []struct {
		name    string
		medians []float64
		steady  int // at which batch; 0: never
	}{
		{"steady from the start", []float64{100, 100, 100}, 3},
		{"gets faster", []float64{900, 500, 200, 104, 102, 101}, 6},
		{"within 5 %", []float64{100, 105, 103}, 3},
		{"not within 5 %", []float64{100, 106, 103, 99}, 0},
		{"drifts slowly", []float64{100, 104, 108, 112, 116}, 0},
		{"a disturbance begins it anew", []float64{100, 100, 500, 100, 100, 100}, 6},
		{"too few", []float64{100, 100}, 0},
	} {
		var w WarmUp
		got := 0
		for i, m := range c.medians {
			if w.Steady(m) && got == 0 {
				got = i + 1
			}
		}
		if got != c.steady || w.Batches() != len(c.medians) {
			t.Errorf("%s: steady at %d, want %d", c.name, got, c.steady)
		}
	}
}
