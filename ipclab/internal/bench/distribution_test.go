package bench

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestPercentiles(t *testing.T) {
	d := NewDistribution(false)
	if d.Percentile(50) != 0 || d.Mean() != 0 || d.Count() != 0 {
		t.Errorf("an empty one: %g, %g, %d", d.Percentile(50), d.Mean(), d.Count())
	}
	for i := 1; i <= 1000; i++ {
		d.Add(float64(i))
	}
	for _, c := range []struct{ p, want float64 }{{-1, 1}, {0, 1}, {math.NaN(), 1}, {50, 500}, {90, 900}, {99.9, 999}, {100, 1000}, {101, 1000}} {
		if got := d.Percentile(c.p); got != c.want {
			t.Errorf("percentile %g: %g, want %g", c.p, got, c.want)
		}
	}
	if d.Mean() != 500.5 || d.Count() != 1000 {
		t.Errorf("mean %g of %d", d.Mean(), d.Count())
	}
}

func TestFineDistribution(t *testing.T) {
	for _, c := range []struct {
		fine        bool
		most, least float64 // what 68.25 may be taken for
	}{{true, 68.32, 68.18}, {false, 69, 68}} {
		d := NewDistribution(c.fine)
		for range 3 {
			d.Add(68.25)
		}
		d.Add(1)
		d.Add(1e12) // longer than the longest
		if got := d.Percentile(50); got < c.least || got > c.most {
			t.Errorf("fine %v: %g", c.fine, got)
		}
		if d.Percentile(100) != 1e12 {
			t.Errorf("fine %v: the greatest is %g", c.fine, d.Percentile(100))
		}
	}
}

// TestTripsFor: what is asked for is what the interval of the median of so many needs, from times that are as good as
// uniform: then its half width is 0.98 of the whole width by √n.
func TestTripsFor(t *testing.T) {
	d := NewDistribution(false)
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		d.Add(9_000 + 2_000*r.Float64())
	}
	for _, c := range []struct {
		precision   float64
		least, most int
		want        int
	}{
		{0.1, 100, 10_000, 100},         // the least is enough
		{0.01, 100, 100_000, 400},       // 0.98·2000/√n ≤ 0.01·10000 from n = 384
		{0.001, 100, 1_000_000, 51_200}, // from 38,416
		{0.001, 100, 30_000, 30_000},    // the most is not enough
	} {
		got := d.TripsFor(c.precision, c.least, c.most)
		if got != c.want {
			t.Errorf("for %g: %d, want %d", c.precision, got, c.want)
		}
	}
	if n := NewDistribution(false).TripsFor(0.01, 7, 100); n != 7 {
		t.Errorf("of nothing: %d", n)
	}
}
