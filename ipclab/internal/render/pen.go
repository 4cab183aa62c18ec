package render

import (
	"strings"
	"unicode/utf8"

	"ipclab/ipclab/internal/chart/canvas"
)

// A pen draws a picture. It notes shapes, of which SVG, PNG and PDF are made, so that all show the same. What is shown on a
// ground that nobody knows has text and lines of a grey that shows on white and on black; PNG and PDF bring white paper along.
type pen struct {
	width, height  float64
	title, summary string
	shapes         []shape
}

// An ink is how a line or an area looks.
type ink struct {
	colour  string  // "": that of text
	opacity float64 // 0: 1
	width   float64 // of a line; 0: 1
	dashes  []int
}

// open begins a picture of a size in pixels, with what it is and what it shows for those who do not see it.
func (p *pen) open(width, height float64, title, summary string) {
	p.width, p.height, p.title, p.summary = width, height, title, summary
}

// begin begins a thing with a title, which may be empty; browsers show it where the mouse points at the thing.
func (p *pen) begin(title string) { p.add(groupBegin(title)) }

// end ends the thing.
func (p *pen) end() { p.add(groupEnd{}) }

func (p *pen) add(s shape) { p.shapes = append(p.shapes, s) }

// text writes a text at a point: from there ("start"), to there ("end") or around it ("middle"). weight may be "bold".
func (p *pen) text(x, y float64, anchor, weight, text string) {
	p.add(label{x: x, y: y, anchor: anchor, bold: weight == "bold", size: textSize, text: Clean(text)})
}

// small writes a label.
func (p *pen) small(x, y float64, text string) {
	p.add(label{x: x, y: y, anchor: "start", size: smallSize, text: Clean(text)})
}

// line draws one.
func (p *pen) line(x1, y1, x2, y2 float64, i ink) { p.add(stroke{i, x1, y1, x2, y2}) }

// curve draws a cubic Bézier curve through four points: where it begins, two that it bends towards, and where it ends.
func (p *pen) curve(i ink, points [4]canvas.Point) { p.add(curve{i, points}) }

// polygon fills one.
func (p *pen) polygon(i ink, points ...canvas.Point) { p.add(polygon{i, points}) }

// rectangle fills one.
func (p *pen) rectangle(x, y, width, height float64, i ink, title string) {
	p.add(rectangle{x: x, y: y, width: width, height: height, fill: i, title: title})
}

// frame fills a rectangle with round corners and draws its edge.
func (p *pen) frame(x, y, width, height, radius float64, fill, edge ink, title string) {
	p.add(rectangle{x, y, width, height, radius, fill, &edge, title})
}

// noteWidth is how many letters of a note stand in a line.
const noteWidth = 110

// noteLines breaks the notes into lines.
func noteLines(notes []string) (lines []string) {
	for _, n := range notes {
		line := ""
		for word := range strings.FieldsSeq(CleanNote(n)) {
			if line != "" && utf8.RuneCountInString(line)+utf8.RuneCountInString(word) > noteWidth {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}
