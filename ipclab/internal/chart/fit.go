package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"ipclab/ipclab/internal/render"
)

// Fit leaves out what cannot be drawn, and says so in the notes.
func (c Chart) Fit() *Fitted {
	c.X.Log, c.Y.Log = c.X.Log && !c.X.Share, c.Y.Log && !c.Y.Share // shares begin at 0
	f := &Fitted{Chart: c}
	f.Title, f.X.Label, f.Y.Label = shorten(c.Title, 100), shorten(c.X.Label, 80), shorten(c.Y.Label, 60)
	f.Notes, f.Series = nil, nil
	for _, n := range c.Notes {
		f.note(render.CleanNote(n))
	}
	var left left
	for _, s := range c.Series {
		s.Name, s.Points = middle(s.Name, 48), left.drawable(c, s)
		switch {
		case len(s.Points) == 0:
		case s.Mark == Bars:
			f.bars = append(f.bars, s.Points...)
		case len(f.Series) == seriesMost:
			f.note(fmt.Sprintf("Only the first %d series are drawn.", seriesMost))
		default:
			f.Series = append(f.Series, s)
		}
	}
	if len(f.bars) > 0 {
		f.sortBars()
		f.Series, f.Y.Log, f.Y.Share = nil, false, false // names stand there
	}
	f.thin()
	for _, n := range left.notes() {
		f.note(n)
	}
	if f.Empty() {
		f.note("There is nothing to draw.")
	}
	f.ends()
	return f
}

func (f *Fitted) note(text string) {
	if text != "" && !slices.Contains(f.Notes, text) {
		f.Notes = append(f.Notes, text)
	}
}

// shorten makes a text fit for a label.
func shorten(s string, most int) string {
	s = render.Clean(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// middle shortens a name in its middle: names often differ in their ends.
func middle(s string, most int) string {
	s = render.Clean(s)
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	tail := most / 3
	return string(r[:most-1-tail]) + "…" + string(r[len(r)-tail:])
}

// left counts what is not drawn.
type left struct{ odd, low, bounds int }

// drawable returns the points of a series that can be drawn, those of lines and steps by x.
func (l *left) drawable(c Chart, s Series) []Point {
	var kept []Point
	for _, p := range s.Points {
		if s.Mark == Bars {
			p.Y = 1
			p.Name = middle(p.Name, 48)
		}
		switch {
		case !usable(p.X) || !usable(p.Y):
			l.odd++
			continue
		case c.X.Log && p.X < 1/greatest || c.Y.Log && s.Mark != Bars && p.Y < 1/greatest:
			l.low++
			continue
		}
		axis, value := c.Y, p.Y
		if s.Mark == Bars {
			axis, value = c.X, p.X
		}
		if p.Bounded && (!usable(p.Low) || !usable(p.High) || p.Low > value || p.High < value || axis.Log && p.Low < 1/greatest) {
			p.Bounded = false
			l.bounds++
		}
		kept = append(kept, p)
	}
	if s.Mark == Line || s.Mark == Steps {
		slices.SortStableFunc(kept, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
	}
	return kept
}

func usable(f float64) bool { return math.Abs(f) <= greatest }

func (l *left) notes() []string {
	var list []string
	for _, n := range []struct {
		count     int
		one, many string
	}{
		{l.odd, "1 point is not drawn: it is not a number, or too great.", "%d points are not drawn: they are not numbers, or too great."},
		{l.low, "1 point is not drawn: a logarithmic axis has no place for 0 and below.", "%d points are not drawn: a logarithmic axis has no place for 0 and below."},
		{l.bounds, "1 interval is not drawn: it does not enclose its point, or the axis cannot show its ends.", "%d intervals are not drawn: they do not enclose their points, or the axis cannot show their ends."},
	} {
		switch n.count {
		case 0:
		case 1:
			list = append(list, n.one)
		default:
			list = append(list, fmt.Sprintf(n.many, n.count))
		}
	}
	return list
}

// sortBars puts the shortest bar first.
func (f *Fitted) sortBars() {
	slices.SortStableFunc(f.bars, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
	if n := len(f.bars); n > barsMost {
		f.bars = f.bars[:barsMost]
		f.note(fmt.Sprintf("%d of %d bars are not drawn.", n-barsMost, n))
	}
	// Two bars of one name would be drawn over each other.
	seen := map[string]int{}
	for i := range f.bars {
		name := f.bars[i].Name
		if seen[name]++; seen[name] > 1 {
			f.bars[i].Name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
	}
}

// thin leaves out points evenly if there are more than anybody could see.
func (f *Fitted) thin() {
	all := 0
	for _, s := range f.Series {
		all += len(s.Points)
	}
	step := (all + pointsMost - 1) / pointsMost
	if step <= 1 {
		return
	}
	for i, s := range f.Series {
		var kept []Point
		for k, p := range s.Points {
			if k%step == 0 || k == len(s.Points)-1 {
				kept = append(kept, p)
			}
		}
		f.Series[i].Points = kept
	}
	f.note(fmt.Sprintf("Of %d points, one in %d is drawn.", all, step))
}

// ends chooses the ends of the axes.
func (f *Fitted) ends() {
	x, y := span{log: f.X.Log, share: f.X.Share}, span{log: f.Y.Log, share: f.Y.Share}
	for _, p := range f.bars {
		x.take(p.X)
		if f.X.Log {
			x.take(p.X / 2) // so that the shortest bar has a length too
		}
		if p.Bounded {
			x.take(p.Low)
			x.take(p.High)
		}
	}
	for _, s := range f.Series {
		for _, p := range s.Points {
			x.take(p.X)
			y.take(p.Y)
			if p.Bounded {
				y.take(p.Low)
				y.take(p.High)
			}
		}
	}
	y.base = true
	x.base = len(f.bars) > 0
	f.x, f.y = x.round(), y.round()
	if x.base {
		f.x = f.x.longer(0.2) // the figures stand at the ends of the bars
	}
}
