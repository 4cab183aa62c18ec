package render

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"ipclab/ipclab/internal/chart/canvas"
)

// The sizes of letters, in pixels.
const (
	textSize  = 12
	smallSize = 11
)

// paperText is the colour of text and lines on white paper.
const paperText = "#222222"

// A shape is part of a picture.
type shape interface {
	svg(*strings.Builder)  // writes it as SVG
	paint(s *canvas.Sheet) // draws it on paper
}

// svgPicture returns what was drawn as SVG.
func (p *pen) svgPicture() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]s %[2]s" width="%[1]s" height="%[2]s" role="img" aria-label="%[3]s" color="%[4]s" font-family="sans-serif" font-size="%[5]d">`,
		pixel(p.width), pixel(p.height), html.EscapeString(Clean(p.title)), textColour, textSize)
	fmt.Fprintf(&b, "\n<desc>%s</desc>\n", html.EscapeString(CleanNote(p.summary)))
	for _, s := range p.shapes {
		s.svg(&b)
	}
	b.WriteString("</svg>")
	return b.String()
}

// paperPicture returns what was drawn as a picture in PNG and as a page in PDF.
func (p *pen) paperPicture() (png, pdf []byte, err error) {
	return canvas.Paper(p.width, p.height, func(s *canvas.Sheet) {
		for _, shape := range p.shapes {
			shape.paint(s)
		}
	})
}

// attributes are those of SVG for a line ("stroke") or an area ("fill").
func (i ink) attributes(kind string) string {
	colour := i.colour
	if colour == "" {
		colour = "currentColor"
	}
	text := fmt.Sprintf(` %s="%s"`, kind, colour)
	if i.opacity > 0 && i.opacity < 1 {
		text += fmt.Sprintf(` %s-opacity="%.2f"`, kind, i.opacity)
	}
	if i.width > 0 {
		text += ` stroke-width="` + strconv.FormatFloat(i.width, 'f', 1, 64) + `"`
	}
	if len(i.dashes) > 0 {
		text += fmt.Sprintf(` stroke-dasharray="%s"`, strings.Trim(fmt.Sprint(i.dashes), "[]"))
	}
	return text
}

// onPaper is the ink of a sheet.
func (i ink) onPaper() canvas.Ink {
	out := canvas.Ink{Colour: i.colour, Opacity: i.opacity, Width: i.width, Dashes: i.dashes}
	if out.Colour == "" {
		out.Colour = paperText
	}
	if out.Opacity == 0 {
		out.Opacity = 1
	}
	if out.Width == 0 {
		out.Width = 1
	}
	return out
}

// titled is the title of an element, for where the mouse points at it.
func titled(title string) string {
	if title == "" {
		return ""
	}
	return "<title>" + html.EscapeString(Clean(title)) + "</title>"
}

// groupBegin begins what has one title, groupEnd ends it. On paper nobody points at it.
type (
	groupBegin string
	groupEnd   struct{}
)

func (g groupBegin) svg(b *strings.Builder) { b.WriteString("<g>" + titled(string(g))) }
func (groupBegin) paint(*canvas.Sheet)      {}
func (groupEnd) svg(b *strings.Builder)     { b.WriteString("</g>\n") }
func (groupEnd) paint(*canvas.Sheet)        {}

// A label is a line of text, which is clean.
type label struct {
	x, y   float64
	anchor string
	bold   bool
	size   int
	text   string
}

func (l label) svg(b *strings.Builder) {
	look := ""
	if l.size != textSize {
		look = fmt.Sprintf(` font-size="%d"`, l.size)
	}
	if l.bold {
		look += ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<text x="%s" y="%s" text-anchor="%s"%s fill="currentColor">%s</text>`+"\n", pixel(l.x), pixel(l.y), l.anchor, look, html.EscapeString(l.text))
}

func (l label) paint(s *canvas.Sheet) {
	left := map[string]float64{"middle": 0.5, "end": 1}[l.anchor]
	s.Text(ink{}.onPaper(), canvas.Point{X: l.x, Y: l.y}, left, float64(l.size), l.bold, l.text)
}

// A stroke is a straight line.
type stroke struct {
	ink
	x1, y1, x2, y2 float64
}

func (l stroke) svg(b *strings.Builder) {
	fmt.Fprintf(b, `<line x1="%s" y1="%s" x2="%s" y2="%s"%s/>`+"\n", pixel(l.x1), pixel(l.y1), pixel(l.x2), pixel(l.y2), l.attributes("stroke"))
}

func (l stroke) paint(s *canvas.Sheet) {
	s.Line(l.onPaper(), canvas.Point{X: l.x1, Y: l.y1}, canvas.Point{X: l.x2, Y: l.y2})
}

// A curve is a cubic Bézier curve.
type curve struct {
	ink
	points [4]canvas.Point
}

func (c curve) svg(b *strings.Builder) {
	fmt.Fprintf(b, `<path d="M%s C%s %s %s" fill="none"%s/>`, coordinates(c.points[0]), coordinates(c.points[1]), coordinates(c.points[2]), coordinates(c.points[3]), c.attributes("stroke"))
}

func (c curve) paint(s *canvas.Sheet) {
	s.Curve(c.onPaper(), c.points[0], c.points[1], c.points[2], c.points[3])
}

// A polygon is an area.
type polygon struct {
	ink
	points []canvas.Point
}

func (p polygon) svg(b *strings.Builder) {
	var points []string
	for _, at := range p.points {
		points = append(points, coordinates(at))
	}
	fmt.Fprintf(b, `<polygon points="%s"%s/>`, strings.Join(points, " "), p.attributes("fill"))
}

func (p polygon) paint(s *canvas.Sheet) { s.Area(p.onPaper(), p.points...) }

// A rectangle may have round corners and an edge.
type rectangle struct {
	x, y, width, height, radius float64
	fill                        ink
	edge                        *ink
	title                       string
}

func (r rectangle) svg(b *strings.Builder) {
	look := ""
	if r.radius > 0 {
		look = fmt.Sprintf(` rx="%s"`, pixel(r.radius))
	}
	look += r.fill.attributes("fill")
	if r.edge != nil {
		look += r.edge.attributes("stroke")
	}
	fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s"%s>%s</rect>`+"\n", pixel(r.x), pixel(r.y), pixel(r.width), pixel(r.height), look, titled(r.title))
}

func (r rectangle) paint(s *canvas.Sheet) {
	outline := r.outline()
	s.Area(r.fill.onPaper(), outline...)
	if r.edge != nil {
		s.Line(r.edge.onPaper(), append(outline, outline[0])...)
	}
}

// outline is a polygon that looks round at the corners.
func (r rectangle) outline() (points []canvas.Point) {
	const steps = 6 // in a corner
	radius := min(r.radius, r.width/2, r.height/2)
	for corner := range 4 { // the right upper one first, then with the clock
		x, y := r.x+r.width-radius, r.y+radius
		if corner >= 2 {
			x = r.x + radius
		}
		if corner == 1 || corner == 2 {
			y = r.y + r.height - radius
		}
		if radius <= 0 {
			points = append(points, canvas.Point{X: x, Y: y})
			continue
		}
		for i := range steps + 1 {
			angle := (float64(corner) - 1 + float64(i)/steps) * math.Pi / 2
			points = append(points, canvas.Point{X: x + radius*math.Cos(angle), Y: y + radius*math.Sin(angle)})
		}
	}
	return points
}

// coordinates writes a point.
func coordinates(p canvas.Point) string { return pixel(p.X) + "," + pixel(p.Y) }
