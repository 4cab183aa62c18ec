package canvas

import (
	"image/color"

	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Sheet is white paper to draw on, measured in pixels from its left upper corner.
type Sheet struct {
	canvas draw.Canvas
	height float64
}

// A Point is a place on a sheet.
type Point struct{ X, Y float64 }

// An Ink is how a line or an area looks.
type Ink struct {
	Colour  string  // #rrggbb
	Opacity float64 // 0 to 1
	Width   float64 // of a line
	Dashes  []int   // lengths of strokes and gaps; none: a whole line
}

// Paper draws on a sheet of a size and returns it as a picture in PNG and as a page in PDF.
func Paper(width, height float64, drawing func(*Sheet)) (picture, page []byte, err error) {
	w, h := vg.Length(width), vg.Length(height)
	onSheet := func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		drawing(&Sheet{c, height})
	}
	if picture, err = PNG(w, h, onSheet); err != nil {
		return nil, nil, err
	}
	page, err = PDF(w, h, onSheet)
	return picture, page, err
}

// Line draws straight from point to point.
func (s *Sheet) Line(ink Ink, points ...Point) {
	s.hold(ink)
	s.canvas.Stroke(s.path(points))
}

// Curve draws a cubic Bézier curve.
func (s *Sheet) Curve(ink Ink, from, control1, control2, to Point) {
	s.hold(ink)
	path := s.path([]Point{from})
	path.CubeTo(s.at(control1), s.at(control2), s.at(to))
	s.canvas.Stroke(path)
}

// Area fills a polygon.
func (s *Sheet) Area(ink Ink, points ...Point) {
	s.hold(ink)
	path := s.path(points)
	path.Close()
	s.canvas.Fill(path)
}

// Text writes a line so that the given part of its width is left of a point of its base line: 0 begins there, 1 ends there.
func (s *Sheet) Text(ink Ink, at Point, left, size float64, bold bool, text string) {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(size)}
	if bold {
		f.Weight = xfont.WeightBold
	}
	face := plot.DefaultTextHandler.Cache().Lookup(f, f.Size)
	s.hold(ink)
	place := s.at(at)
	place.X -= vg.Length(left) * face.Width(text)
	s.canvas.FillString(face, place, text)
}

// hold takes an ink.
func (s *Sheet) hold(ink Ink) {
	c := Colour(ink.Colour)
	c.A = uint8(0xff * min(max(ink.Opacity, 0), 1))
	s.canvas.SetColor(c)
	s.canvas.SetLineWidth(vg.Length(ink.Width))
	dashes := make([]vg.Length, len(ink.Dashes))
	for i, length := range ink.Dashes {
		dashes[i] = vg.Length(length)
	}
	s.canvas.SetLineDash(dashes, 0)
}

// at is a point where the canvas has it: that counts from the bottom.
func (s *Sheet) at(p Point) vg.Point {
	return vg.Point{X: vg.Length(p.X), Y: vg.Length(s.height - p.Y)}
}

func (s *Sheet) path(points []Point) (path vg.Path) {
	for i, p := range points {
		if i == 0 {
			path.Move(s.at(p))
		} else {
			path.Line(s.at(p))
		}
	}
	return path
}
