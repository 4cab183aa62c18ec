package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestWhatCannotBeDrawnIsSaid(t *testing.T) {
	log := Axis{Log: true}
	high := bars(5, 1)
	high.Points[0].High = math.Inf(1)
	for name, c := range map[string]struct {
		chart Chart
		notes []string
		empty bool
	}{
		"all is well":       {Chart{Series: []Series{line("", Line, 1, -1)}}, nil, false},
		"no series":         {Chart{}, []string{"There is nothing to draw."}, true},
		"no points":         {Chart{Series: []Series{{Name: "a"}}}, []string{"There is nothing to draw."}, true},
		"not a number":      {Chart{Series: []Series{line("", Line, 1, math.NaN(), 2, 3)}}, []string{"1 point is not drawn: it is not a number, or too great."}, false},
		"infinite":          {Chart{Series: []Series{line("", Line, math.Inf(1), 1, 2, math.Inf(-1), 1, 1)}}, []string{"2 points are not drawn: they are not numbers, or too great."}, false},
		"0 on a log axis":   {Chart{Y: log, Series: []Series{line("", Line, 1, 0, 2, 3)}}, []string{"1 point is not drawn: a logarithmic axis has no place for 0 and below."}, false},
		"all below 0":       {Chart{X: log, Series: []Series{bars(-1, -2)}}, []string{"2 points are not drawn: a logarithmic axis has no place for 0 and below.", "There is nothing to draw."}, true},
		"an interval":       {Chart{Series: []Series{high}}, []string{"1 interval is not drawn: it does not enclose its point, or the axis cannot show its ends."}, false},
		"its own note once": {Chart{Notes: []string{"x", "x"}, Series: []Series{line("", Line, 1, 1)}}, []string{"x"}, false},
	} {
		f := c.chart.Fit()
		if !slices.Equal(f.Notes, c.notes) || f.Empty() != c.empty {
			t.Errorf("%s: notes %q, empty %v; want %q, %v", name, f.Notes, f.Empty(), c.notes, c.empty)
		}
	}
}

func TestBarsAreSortedAndApart(t *testing.T) {
	c := Chart{Series: []Series{{Mark: Bars, Points: []Point{{X: 3, Name: "a"}, {X: 1, Name: "a"}, {X: 2, Name: "b"}}}}}
	var names []string
	for _, p := range c.Fit().bars {
		names = append(names, p.Name)
	}
	if want := []string{"a", "b", "a (2)"}; !slices.Equal(names, want) {
		t.Errorf("bars %q, want %q", names, want)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		log    bool
		values []float64
		lo, hi float64
		ticks  string
	}{
		{false, []float64{3, 9}, 0, 9.45, "0 2 4 6 8"},
		{false, []float64{-1, 1}, -1.1, 1.1, "-1 -0.5 0 0.5 1"},
		{false, nil, 0, 1, "0 0.2 0.4 0.6 0.8 1"},
		{false, []float64{0, 2e6}, 0, 2.1e6, "0 500k 1M 1.5M 2M"},
		{true, []float64{3, 90}, 2, 100, "2 5 10 20 50 100"},
		{true, []float64{1, 1 << 20}, 1, 2e6, "1 10 100 1000 10k 100k 1M"},
		{true, []float64{5}, 5, 10, "5 10"},
		{true, []float64{1e-30, 1e30}, 1e-30, 1e30, "1e-30 1e-22 1e-14 1e-06 100 10G 1e+18 1e+26"},
	} {
		s := span{log: c.log, base: true}
		for _, v := range c.values {
			s.take(v)
		}
		s = s.round()
		var figures []string
		for _, v := range s.ticks() {
			figures = append(figures, s.figure(v))
		}
		if got := strings.Join(figures, " "); math.Abs(s.lo-c.lo) > math.Abs(c.lo)*1e-9 || math.Abs(s.hi-c.hi) > c.hi*1e-9 || got != c.ticks {
			t.Errorf("%v, logarithmic %v: from %g to %g, ticks %s; want %g, %g, %s", c.values, c.log, s.lo, s.hi, got, c.lo, c.hi, c.ticks)
		}
	}
}

func TestHistogram(t *testing.T) {
	for name, c := range map[string]struct {
		values  []float64
		log     bool
		counted float64
		skipped int
	}{
		"nothing":         {nil, false, 0, 0},
		"one value":       {[]float64{7}, false, 1, 0},
		"equal values":    {[]float64{7, 7, 7}, true, 3, 0},
		"odd ones":        {[]float64{1, 2, 3, 4, math.NaN(), math.Inf(1)}, false, 4, 2},
		"0 on a log axis": {[]float64{0, -1, 1, 10, 100}, true, 3, 2},
		"far apart":       {[]float64{1, 1.1, 1.2, 1.3, 1e29}, false, 5, 0},
	} {
		steps, skipped := Histogram(c.values, c.log)
		counted := 0.0
		for i, p := range steps {
			counted += p.Y
			if i > 0 && p.X < steps[i-1].X {
				t.Errorf("%s: the steps go back: %v", name, steps)
			}
		}
		if counted != c.counted || skipped != c.skipped || len(steps) > binsMost+2 {
			t.Errorf("%s: %v counted in %d steps, %d skipped; want %v, %d", name, counted, len(steps), skipped, c.counted, c.skipped)
		}
	}
}

// FuzzFit draws anything: no panic, no coordinate that is no number.
func FuzzFit(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 0.5, "name", byte(0))
	f.Add(math.NaN(), math.Inf(1), -1.0, 0.0, "\x00<\xff", byte(7))
	f.Add(1e-300, 1e300, 5e-324, math.MaxFloat64, strings.Repeat("x", 5000), byte(15))
	f.Add(1e29, 1e29+1e13, 1e-29, 0.0, "", byte(31))
	f.Add(1e29, 1.0000000000000001e+29, 1e-29, 36.0, "", byte(31)) // an interval that does not enclose its point
	f.Add(3e30, 4e27, 1e-29, 7.0, "", byte(60))                    // powers of ten that rounding sets apart
	f.Fuzz(func(t *testing.T, a, b, c, d float64, name string, kind byte) {
		s := Series{Name: name, Mark: Mark(kind % 4), Points: []Point{
			{X: a, Y: b, Low: c, High: d, Bounded: true, Name: name}, {X: c, Y: d, Name: name}, {X: a, Y: d, Low: a, High: b, Bounded: true}}}
		fitted := Chart{Title: name, X: Axis{Label: name, Log: kind&4 != 0}, Y: Axis{Log: kind&8 != 0, Share: kind&16 != 0}, Series: []Series{s}}.Fit()
		svg, err := fitted.SVG()
		if err != nil || strings.Contains(svg, "NaN,") || strings.Contains(svg, "Inf,") {
			t.Errorf("%v: %s", err, svg)
		}
		if _, err := parseXML(svg); err != nil {
			t.Errorf("not XML: %v\n%s", err, svg)
		}
		if _, err := fitted.VegaLite(); err != nil {
			t.Error(err)
		}
		if fitted.Plain() == "" {
			t.Error("no text")
		}
	})
}

func TestNamesAreCutInTheMiddle(t *testing.T) {
	for name, want := range map[string]string{"": "", "short": "short", "of ten now": "of ten now", "a name of ten": "a name…ten", "éééééééééééé": "éééééé…ééé"} {
		if got := middle(name, 10); got != want {
			t.Errorf("middle(%q) = %q, want %q", name, got, want)
		}
	}
}
