package chart

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ipclab/ipclab/internal/chart/canvas"
)

const (
	textSize   = 12
	titleSize  = 14
	notesSize  = 11
	notesLine  = 15
	notesWidth = 95 // characters
	margin     = 8
	legendMost = 30 // characters
	titleWidth = 75 // characters
	legendLine = 18
)

// sans is the font of all text. Its letters are as wide as those of Arial and Helvetica.
func sans(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

// draw draws the whole chart: the plot, the legend at its right, the notes below.
func (f *Fitted) draw(c draw.Canvas, l look) {
	if l.background != nil {
		c.SetColor(l.background)
		c.Fill(c.Rectangle.Path())
	}
	c = draw.Crop(c, margin, -margin, margin, -margin)
	f.drawNotes(c, l)
	c = draw.Crop(c, 0, 0, f.notesHeight(), 0)
	p := f.plot(l)
	legend, wanted := f.legend(l)
	if !wanted {
		p.Draw(c)
		return
	}
	wide := min(legend.Rectangle(c).Size().X, 0.45*width)
	p.Draw(draw.Crop(c, 0, -wide-2*margin, 0, 0))
	legend.Draw(draw.Crop(c, width-2*margin-wide, 0, 0, -titleSize-margin))
}

func (f *Fitted) notesHeight() vg.Length {
	if len(f.Notes) == 0 {
		return 0
	}
	return vg.Length(len(wrap(f.Notes, notesWidth)))*notesLine + margin
}

func (f *Fitted) drawNotes(c draw.Canvas, l look) {
	style := text.Style{Color: l.text, Font: sans(notesSize), Handler: plot.DefaultTextHandler}
	y := c.Min.Y + f.notesHeight() - notesLine - margin + 3
	for _, line := range wrap(f.Notes, notesWidth) {
		c.FillText(style, vg.Point{X: c.Min.X, Y: y}, line)
		y -= notesLine
	}
}

// plot makes gonum's plot of the chart.
func (f *Fitted) plot(l look) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text = strings.Join(wrap([]string{f.Title}, titleWidth), "\n")
	p.Title.TextStyle.Color, p.Title.TextStyle.Font = l.text, sans(titleSize)
	p.Title.Padding = margin
	axis(&p.X, f.X, f.x, l)
	axis(&p.Y, f.Y, f.y, l)
	grid := plotter.NewGrid()
	grid.Vertical.Width, grid.Horizontal.Width = 0.6, 0.6
	grid.Vertical.Color, grid.Horizontal.Color = l.grid, l.grid
	if len(f.bars) > 0 {
		grid.Horizontal.Width = 0
	}
	p.Add(grid)
	switch {
	case len(f.bars) > 0:
		f.addBars(p, l)
	default:
		for i, s := range f.Series {
			f.addSeries(p, s, f.style(i))
		}
	}
	p.X.Min, p.X.Max = f.x.lo, f.x.hi // after all is added, which moves them
	if len(f.bars) == 0 {
		p.Y.Min, p.Y.Max = f.y.lo, f.y.hi
	}
	return p
}

// axis sets an axis up.
func axis(a *plot.Axis, want Axis, s span, l look) {
	a.Label.Text = want.Label
	a.Label.TextStyle.Color, a.Label.TextStyle.Font = l.text, sans(textSize)
	a.Label.Padding = 4
	a.Color, a.Tick.Color, a.Tick.Label.Color = l.text, l.text, l.text
	a.Tick.Label.Font = sans(textSize)
	if want.Log {
		a.Scale = plot.LogScale{}
	}
	var ticks plot.ConstantTicks
	for _, v := range s.ticks() {
		ticks = append(ticks, plot.Tick{Value: v, Label: s.figure(v)})
	}
	a.Tick.Marker = ticks
}

// A style is what tells one series from the others.
type style struct {
	colour color.Color
	dashes []vg.Length
	glyph  draw.GlyphDrawer
}

var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.SquareGlyph{}, draw.CrossGlyph{}}

// style returns that of series i; series of one name have one style.
func (f *Fitted) style(i int) style {
	names, _ := f.names()
	for k, name := range names {
		if name == f.Series[i].Name {
			i = k
			break
		}
	}
	s := style{colour: canvas.Colour(colours[i%len(colours)]), glyph: glyphs[i%len(glyphs)]}
	if dash := dashes[i%len(dashes)]; dash[1] > 0 {
		for _, length := range dash {
			s.dashes = append(s.dashes, vg.Length(length))
		}
	}
	return s
}

// legend names the series that have a name.
func (f *Fitted) legend(l look) (plot.Legend, bool) {
	legend := plot.NewLegend()
	legend.Top, legend.Left = true, true
	legend.TextStyle.Color, legend.TextStyle.Font = l.text, sans(textSize)
	legend.ThumbnailWidth, legend.Padding = 28, 4
	names, wanted := f.names()
	if len(f.bars) > 0 {
		wanted = false
	}
	for _, name := range names {
		for i, s := range f.Series {
			if s.Name == name {
				legend.Add(middle(name, legendMost), f.thumbs(s, f.style(i))...)
				break
			}
		}
	}
	return legend, wanted
}
