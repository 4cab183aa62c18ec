package render

import (
	"math"
	"strconv"
)

// A Timeline is what processes did and when: a lane for each, with marks for events, times of waiting, and arrows from lane to
// lane. Times are in Unit, from 0 to End.
type Timeline struct {
	Title  string
	Unit   string // "ms"
	End    float64
	Lanes  []Lane
	Waits  []Wait
	Marks  []Mark
	Arrows []Arrow
	Notes  []string
}

// A Lane is one process, from its first event to its last.
type Lane struct {
	Name     string
	From, To float64
}

// A Wait is a time in which a lane's process waited, as a whole or for a share of it.
type Wait struct {
	Lane     int
	From, To float64
	Share    float64 // 0 to 1
	Text     string
}

// A Mark is an event, or several that are too near to each other to be drawn apart.
type Mark struct {
	Lane  int
	At    float64
	Kind  MarkKind
	Label string // beside the mark, where there is room
	Text  string
	Count int // of the events that it stands for
}

// A MarkKind says what has happened; each has a form of its own.
type MarkKind string

// The kinds of marks.
const (
	Event  MarkKind = "event"
	Signal MarkKind = "signal"
	Ended  MarkKind = "end of a process"
)

// An Arrow goes from one lane to another: what left there arrived here.
type Arrow struct {
	From, To        int // lanes
	Leaves, Arrives float64
	Kind            ArrowKind
	Text            string
	Count           int
}

// An ArrowKind says what went; each has a colour and a pattern of its own.
type ArrowKind string

// The kinds of arrows.
const (
	Data    ArrowKind = "data"
	Fork    ArrowKind = "fork"
	Sent    ArrowKind = "signal"
	Telling ArrowKind = "end of a child"
)

// arrowKinds are in the order of the legend.
var arrowKinds = []ArrowKind{Data, Fork, Sent, Telling}

// arrowLook is how a kind of arrow is drawn. The colours are told apart by most people with a colour vision deficiency, on
// white and on black (after Okabe and Ito, the light one darkened).
type arrowLook struct {
	colour string
	dashes []int
}

var arrowLooks = map[ArrowKind]arrowLook{
	Data: {"#0072b2", nil}, Fork: {"#009e73", []int{7, 3}}, Sent: {"#d55e00", []int{2, 3}}, Telling: {"#c06a9b", []int{8, 3, 2, 3}},
}

// Colours of the rest: of waiting, and of text and lines, which show on white and on black.
const (
	waitColour = "#e69f00"
	textColour = "#7a7a7a"
)

// number writes a coordinate or a time with the digits that it is worth.
func number(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "0"
	}
	return strconv.FormatFloat(f, 'g', 5, 64)
}

// pixel writes a coordinate.
func pixel(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

// ticks returns round numbers from 0 to end, about so many.
func ticks(end float64, about int) (out []float64) {
	if end <= 0 {
		return []float64{0}
	}
	rough := end / float64(about)
	step := math.Pow10(int(math.Floor(math.Log10(rough))))
	for _, times := range []float64{5, 2} {
		if times*step <= rough {
			step *= times
			break
		}
	}
	for i := 0.0; i*step <= end*1.0001; i++ {
		out = append(out, i*step)
	}
	return out
}
