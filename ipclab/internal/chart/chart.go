// Package chart draws lines, points, steps and bars: as a Vega-Lite specification, as a picture in SVG, PNG and PDF, and as
// text for a terminal.
//
// It is not a plotting library: gonum.org/v1/plot draws the pictures. What all forms must agree on is decided here, once,
// by fit: what can be drawn, the ends of the axes, colours, dashes and marks.
//
// The hazard: gonum panics for what it cannot draw. Fit leaves out such values, and package canvas makes an error of a panic.
package chart

// A Chart is what is to be drawn.
type Chart struct {
	Title  string
	X, Y   Axis
	Series []Series
	Notes  []string // shown with the chart; Fit adds what was left out
}

// An Axis has a label, with the unit in it.
type Axis struct {
	Label string
	Log   bool // logarithmic
	Share bool // from 0 to 1, shown as per cent
}

// A Series is points that belong together.
type Series struct {
	Name   string
	Mark   Mark
	Points []Point
}

// A Point has an interval if Bounded is set. That of a bar is about X, which is its length; Name is its label.
type Point struct {
	X, Y      float64
	Low, High float64
	Bounded   bool
	Name      string
}

// A Mark says how a series is drawn.
type Mark int

// The marks. A chart in which one series is of bars shows bars alone.
const (
	Line Mark = iota
	Dots
	Steps // each point begins a level that goes on to the next
	Bars
)

// Measures are in pixels.
const (
	width, height = 560, 320
	barHeight     = 24
	barsMost      = 100  // bars in one chart
	pointsMost    = 4000 // points in one chart
	seriesMost    = 24   // lines in one chart
	greatest      = 1e30 // values beyond it, or on a logarithmic axis below its inverse, are not drawn
)

// A Fitted chart holds nothing that cannot be drawn.
type Fitted struct {
	Chart
	x, y span
	bars []Point // if there are any, there are no series
}

// Empty reports whether nothing is left to draw.
func (f *Fitted) Empty() bool { return len(f.Series) == 0 && len(f.bars) == 0 }

// colours are told apart by most people with a colour vision deficiency, and stand out from white and from black by 3:1
// at least (after Okabe and Ito, the two light ones darkened).
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#c06a9b", "#b07c00", "#7f7f7f"}

// dashes tell lines apart without colour: lengths of strokes and of gaps. The first is a whole line.
var dashes = [][]float64{{1, 0}, {7, 3}, {2, 3}, {9, 3, 2, 3}, {12, 4}, {4, 2, 1, 2, 1, 2}, {5, 5}}

// shapes are the marks of points, as Vega-Lite names them.
var shapes = []string{"circle", "square", "triangle-up", "diamond", "cross"}
