package render

import (
	"fmt"
	"math"
	"slices"

	"ipclab/ipclab/internal/chart/canvas"
)

// faint is the ink of lines that lead the eye.
var faint = ink{opacity: 0.25}

// The measures of the picture, in pixels.
const (
	laneWidth   = 660 // of the part in which time goes
	laneHeight  = 62
	laneBand    = 14 // height of the band in a lane
	timelineTop = 34
	markColumn  = 5 // marks nearer than this are drawn as one
	letter      = 6.6
)

// A timelinePicture draws a time line.
type timelinePicture struct {
	pen
	Timeline
	left float64 // of the lanes
}

// SVG renders the time line as a picture.
func (t Timeline) SVG() string { return t.picture().svgPicture() }

// Paper renders the time line on white, as a picture in PNG and as a page in PDF.
func (t Timeline) Paper() (png, pdf []byte, err error) { return t.picture().paperPicture() }

// picture draws the time line.
func (t Timeline) picture() *pen {
	p := &timelinePicture{Timeline: t.Binned(laneWidth / markColumn), left: 60}
	for _, lane := range t.Lanes {
		p.left = max(p.left, min(20+letter*float64(len([]rune(lane.Name))), 240))
	}
	notes := noteLines(t.Notes)
	height := p.bottom() + 64 + boxLine*float64(len(notes))
	p.open(p.left+laneWidth+30, height, t.Title, t.summary())
	p.text(8, 18, "start", "bold", t.Title)
	if len(t.Lanes) == 0 {
		p.text(p.left+10, p.middle(0), "start", "", nothingHappened)
	}
	p.axis()
	for i, lane := range p.Lanes {
		p.lane(i, lane)
	}
	for _, w := range p.Waits {
		p.wait(w)
	}
	for _, a := range p.Arrows {
		p.arrow(a)
	}
	p.marks()
	p.legend(p.bottom() + 40)
	for i, n := range notes {
		p.text(p.left, p.bottom()+74+boxLine*float64(i), "start", "", n)
	}
	return &p.pen
}

// summary says in words what the picture shows.
func (t Timeline) summary() string {
	return fmt.Sprintf("%d processes, %d events, %d waits and %d arrows in %s %s", len(t.Lanes), len(t.Marks), len(t.Waits), len(t.Arrows), number(t.End), t.Unit)
}

func (p *timelinePicture) bottom() float64 {
	return timelineTop + laneHeight*float64(max(len(p.Lanes), 1))
}

// across returns where a time is.
func (p *timelinePicture) across(at float64) float64 {
	if p.End <= 0 {
		return p.left
	}
	return p.left + laneWidth*min(max(at/p.End, 0), 1)
}

// middle returns where the band of a lane is.
func (p *timelinePicture) middle(lane int) float64 {
	return timelineTop + laneHeight*(float64(lane)+0.6)
}

// axis draws the times.
func (p *timelinePicture) axis() {
	bottom := p.bottom()
	for _, at := range ticks(p.End, 8) {
		p.line(p.across(at), timelineTop, p.across(at), bottom, faint)
		p.text(p.across(at), bottom+15, "middle", "", number(at))
	}
	p.text(p.left+laneWidth+8, bottom+15, "start", "", p.Unit)
}

func (p *timelinePicture) lane(i int, lane Lane) {
	y := p.middle(i)
	p.text(p.left-10, y+4, "end", "", clean(lane.Name, 34))
	p.line(p.left, y, p.left+laneWidth, y, faint)
	p.rectangle(p.across(lane.From), y-laneBand/2, max(p.across(lane.To)-p.across(lane.From), 1), laneBand, ink{opacity: 0.18}, lane.Name)
}

// wait shades the band; the more, the greater the share.
func (p *timelinePicture) wait(w Wait) {
	y := p.middle(w.Lane)
	width := max(p.across(w.To)-p.across(w.From), 0.5)
	p.rectangle(p.across(w.From), y-laneBand/2, width, laneBand, ink{colour: waitColour, opacity: 0.25 + 0.5*w.Share}, w.Text)
}

// arrow draws a line with a head, from the band of one lane to that of another.
func (p *timelinePicture) arrow(a Arrow) {
	const gap, head = laneBand/2 + 2, 7
	down := 1.0
	if a.To < a.From {
		down = -1
	}
	x1, y1, x2, y2 := p.across(a.Leaves), p.middle(a.From)+gap*down, p.across(a.Arrives), p.middle(a.To)-gap*down
	look := arrowLooks[a.Kind]
	width := 1.4 + min(math.Log10(float64(max(a.Count, 1))), 3)
	p.begin(a.Text)
	p.line(x1, y1, x2, y2-head/2*down, ink{colour: look.colour, width: width, dashes: look.dashes})
	length := max(math.Hypot(x2-x1, y2-y1), 1)
	ux, uy := (x2-x1)/length, (y2-y1)/length
	bx, by := x2-head*ux, y2-head*uy
	p.polygon(ink{colour: look.colour}, canvas.Point{X: x2, Y: y2}, canvas.Point{X: bx - uy*3.5, Y: by + ux*3.5}, canvas.Point{X: bx + uy*3.5, Y: by - ux*3.5})
	p.end()
}

// marks draws the marks of each lane, with labels above the band where they have room.
func (p *timelinePicture) marks() {
	free := map[int]float64{} // where a lane's next label may begin
	for _, m := range p.Marks {
		x, y := p.across(m.At), p.middle(m.Lane)
		p.begin(m.Text)
		p.mark(x, y, m)
		p.end()
		label := clean(m.Label, 24)
		if width := letter * float64(len([]rune(label))); x+4 >= free[m.Lane] && x+width <= p.left+laneWidth+28 {
			p.small(x+4, y-laneBand/2-7, label)
			free[m.Lane] = x + width + 8
		}
	}
}

// mark draws one: a stroke for an event, a lozenge for a signal, a cross for the end of a process.
func (p *timelinePicture) mark(x, y float64, m Mark) {
	const high = laneBand/2 + 3
	switch m.Kind {
	case Signal:
		p.polygon(ink{colour: arrowLooks[Sent].colour}, canvas.Point{X: x, Y: y - high}, canvas.Point{X: x + 5, Y: y}, canvas.Point{X: x, Y: y + high}, canvas.Point{X: x - 5, Y: y})
	case Ended:
		p.line(x-5, y-5, x+5, y+5, ink{width: 2.5})
		p.line(x-5, y+5, x+5, y-5, ink{width: 2.5})
	default:
		p.line(x, y-high, x, y+high, ink{width: 1.6 + min(math.Log10(float64(max(m.Count, 1))), 2)})
	}
}

// legend says what is what, as far as it is there.
func (p *timelinePicture) legend(y float64) {
	x := p.left
	entry := func(name string, draw func(x float64)) { // in the next line if there is no room
		if width := 40 + letter*float64(len(name)); x+width > p.left+laneWidth+30 {
			x, y = p.left, y+18
		}
		draw(x)
		p.text(x+30, y, "start", "", name)
		x += 42 + letter*float64(len(name))
	}
	if len(p.Waits) > 0 {
		entry("waits", func(x float64) {
			p.rectangle(x, y-10, 24, 12, ink{colour: waitColour, opacity: 0.75}, "")
		})
	}
	for _, kind := range []MarkKind{Event, Signal, Ended} {
		if slices.ContainsFunc(p.Marks, func(m Mark) bool { return m.Kind == kind }) {
			entry(string(kind), func(x float64) { p.mark(x+14, y-4, Mark{Kind: kind}) })
		}
	}
	for _, kind := range arrowKinds {
		if slices.ContainsFunc(p.Arrows, func(a Arrow) bool { return a.Kind == kind }) {
			look := arrowLooks[kind]
			entry("→ "+string(kind), func(x float64) {
				p.line(x, y-4, x+26, y-4, ink{colour: look.colour, width: 2, dashes: look.dashes})
			})
		}
	}
}
