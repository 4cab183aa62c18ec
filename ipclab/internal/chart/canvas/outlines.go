package canvas

import (
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// outlines draws text as shapes, so that a page needs no font: a whole one would make it 200 KB, and the letters beyond
// Western Europe's would be missing.
type outlines struct{ vg.Canvas }

// FillString draws text from a point on its base line.
func (o outlines) FillString(f font.Face, at vg.Point, s string) {
	var buf sfnt.Buffer
	unit := f.Face.UnitsPerEm()
	scale := float64(f.Font.Size.Points()) / float64(unit)
	for _, r := range s {
		glyph, err := f.Face.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if segments, err := f.Face.LoadGlyph(&buf, glyph, fixed.Int26_6(unit), nil); err == nil && len(segments) > 0 {
			o.Fill(outline(segments, at, scale))
		}
		if wide, err := f.Face.GlyphAdvance(&buf, glyph, fixed.Int26_6(unit), 0); err == nil {
			at.X += vg.Length(float64(wide) * scale)
		}
	}
}

// outline is the path of one letter. Fonts count upwards as negative.
func outline(segments sfnt.Segments, at vg.Point, scale float64) vg.Path {
	place := func(p fixed.Point26_6) vg.Point {
		return vg.Point{X: at.X + vg.Length(float64(p.X)*scale), Y: at.Y - vg.Length(float64(p.Y)*scale)}
	}
	var path vg.Path
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(path) > 0 {
				path.Close()
			}
			path.Move(place(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(place(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(place(s.Args[0]), place(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(place(s.Args[0]), place(s.Args[1]), place(s.Args[2]))
		}
	}
	path.Close()
	return path
}
