package chart

import (
	"math"
	"strconv"
	"strings"

	"ipclab/ipclab/internal/render"
)

// A span is what an axis shows, from lo to hi; some is false while it has taken nothing.
type span struct {
	lo, hi     float64
	some       bool
	log, share bool
	base       bool // a linear axis begins at 0: lengths are compared on it
}

// take makes the span cover a value.
func (s *span) take(f float64) {
	if !s.some {
		s.lo, s.hi, s.some = f, f, true
		return
	}
	s.lo, s.hi = min(s.lo, f), max(s.hi, f)
}

// round moves the ends outwards to round values that are apart.
func (s span) round() span {
	switch {
	case s.share:
		s.lo, s.hi = min(s.lo, 0), max(s.hi, 1)
	case !s.some && s.log:
		s.lo, s.hi = 1, 10
	case !s.some:
		s.lo, s.hi = 0, 1
	case s.log:
		s.lo, s.hi = below(s.lo), above(s.hi)
		if s.hi < s.lo*1.001 { // but for rounding, one value
			s.hi = above(s.hi * 1.5)
		}
	default:
		s = s.linear()
	}
	return s
}

func (s span) linear() span {
	if s.base {
		s.lo, s.hi = min(s.lo, 0), max(s.hi, 0)
	}
	if s.hi-s.lo <= math.Max(math.Abs(s.lo), math.Abs(s.hi))*1e-9 { // all but one value
		room := max(math.Abs(s.lo)/2, 0.5)
		s.lo, s.hi = s.lo-room, s.hi+room
	}
	room := (s.hi - s.lo) / 20
	if !s.base || s.lo < 0 {
		s.lo -= room
	}
	if !s.base || s.hi > 0 {
		s.hi += room
	}
	return s
}

// longer returns the span with a part more at its end.
func (s span) longer(part float64) span {
	if s.log {
		s.hi *= math.Pow(s.hi/s.lo, part)
	} else {
		s.hi += (s.hi - s.lo) * part
	}
	return s
}

// roundSteps are the values at which a logarithmic axis may end, in each decade.
var roundSteps = []float64{1, 2, 5, 10}

// below returns the greatest round value that is not above f.
func below(f float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(f)))
	found := decade
	for _, step := range roundSteps {
		if decade*step <= f*(1+1e-12) {
			found = decade * step
		}
	}
	return min(found, f)
}

// above returns the least round value that is not below f.
func above(f float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(f)))
	for _, step := range roundSteps {
		if decade*step >= f*(1-1e-12) {
			return max(decade*step, f)
		}
	}
	return f
}

// at returns where a value lies, 0 at the beginning and 1 at the end.
func (s span) at(f float64) float64 {
	if s.log {
		return math.Log(f/s.lo) / math.Log(s.hi/s.lo)
	}
	return (f - s.lo) / (s.hi - s.lo)
}

// ticks returns the values at which the axis has figures.
func (s span) ticks() []float64 {
	switch {
	case s.share:
		return []float64{0, 0.25, 0.5, 0.75, 1}
	case s.log:
		return s.logTicks()
	}
	const about = 6
	step := above((s.hi - s.lo) / about)
	var list []float64
	for k := math.Ceil(s.lo / step); k*step <= s.hi && len(list) < 4*about; k++ {
		list = append(list, k*step)
	}
	return list
}

func (s span) logTicks() []float64 {
	first, last := math.Floor(math.Log10(s.lo)), math.Ceil(math.Log10(s.hi))
	every, steps := max(1, math.Ceil((last-first)/8)), roundSteps[:1]
	if last-first <= 3 {
		steps = roundSteps[:3]
	}
	var list []float64
	for d := first; d <= last; d += every {
		for _, step := range steps {
			if v := step * math.Pow(10, d); v >= s.lo*(1-1e-12) && v <= s.hi*(1+1e-12) {
				list = append(list, v)
			}
		}
	}
	return list
}

// figure returns a tick as text.
func (s span) figure(f float64) string {
	if s.share {
		return number(f*100, 4) + " %"
	}
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if a := math.Abs(f); a >= shortFrom && a >= unit.size && a < 1e15 {
			return number(f/unit.size, 4) + unit.name
		}
	}
	return number(f, 4)
}

// shortFrom is the value from which ticks have k for thousand, M for million and so on.
const shortFrom = 10_000

// number returns f to so many significant digits, with commas between thousands.
func number(f float64, digits int) string {
	if f == 0 {
		return "0"
	}
	if a := math.Abs(f); a >= 1e9 || a < 1e-4 {
		return strconv.FormatFloat(f, 'g', digits, 64)
	}
	decimals := max(0, digits-1-int(math.Floor(math.Log10(math.Abs(f)))))
	text := strconv.FormatFloat(f, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return render.Thousands(text)
}
