package chart

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ipclab/ipclab/internal/chart/canvas"
)

func points(s Series) plotter.XYs {
	xys := make(plotter.XYs, len(s.Points))
	for i, p := range s.Points {
		xys[i] = plotter.XY{X: p.X, Y: p.Y}
	}
	return xys
}

// addSeries draws a series with its intervals.
func (f *Fitted) addSeries(p *plot.Plot, s Series, st style) {
	line, scatter := f.drawing(s, st)
	if line != nil {
		p.Add(line)
	}
	if bars := f.intervals(s, st.colour); bars != nil {
		p.Add(bars)
	}
	if scatter != nil {
		p.Add(scatter)
	}
}

// drawing returns the line and the marks of a series, nil for what it does not have.
func (f *Fitted) drawing(s Series, st style) (*plotter.Line, *plotter.Scatter) {
	var line *plotter.Line
	var scatter *plotter.Scatter
	if s.Mark != Dots {
		line = &plotter.Line{XYs: points(s), LineStyle: draw.LineStyle{Color: st.colour, Width: 2, Dashes: st.dashes}}
		if s.Mark == Steps {
			line.StepStyle = plotter.PostStep
		}
	}
	if s.Mark == Dots || s.Mark == Line && f.marked() {
		scatter = &plotter.Scatter{XYs: points(s), GlyphStyle: draw.GlyphStyle{Color: st.colour, Radius: 3.5, Shape: st.glyph}}
	}
	return line, scatter
}

// thumbs returns what the legend shows of a series.
func (f *Fitted) thumbs(s Series, st style) (list []plot.Thumbnailer) {
	line, scatter := f.drawing(s, st)
	if line != nil {
		list = append(list, line)
	}
	if scatter != nil {
		list = append(list, scatter)
	}
	return list
}

// bounds are points with an interval.
type bounds struct {
	plotter.XYs
	plotter.YErrors
}

// intervals returns the intervals of a series, nil if it has none.
func (f *Fitted) intervals(s Series, colour color.Color) plot.Plotter {
	var b bounds
	for _, p := range s.Points {
		if p.Bounded {
			b.XYs = append(b.XYs, plotter.XY{X: p.X, Y: p.Y})
			b.YErrors = append(b.YErrors, f.Y.reach(p.Y, p))
		}
	}
	if len(b.XYs) == 0 {
		return nil
	}
	bars, err := plotter.NewYErrorBars(b)
	if err != nil {
		return nil // the values are all finite
	}
	bars.Color, bars.Width, bars.CapWidth = colour, 1.5, 8
	return bars
}

// reach returns how far an interval goes from a value down and up. On a logarithmic axis the value less the first stays
// above 0, though it may be many decades smaller than what rounding leaves of the value.
func (a Axis) reach(value float64, p Point) struct{ Low, High float64 } {
	down := value - p.Low
	if a.Log {
		down = min(down, value*(1-1e-12))
	}
	return struct{ Low, High float64 }{down, p.High - value}
}

// addBars draws the bars, the first at the top, with their intervals and figures.
func (f *Fitted) addBars(p *plot.Plot, l look) {
	n := len(f.bars)
	ticks := make(plot.ConstantTicks, n)
	figures := plotter.XYLabels{XYs: make(plotter.XYs, n), Labels: make([]string, n)}
	var b xbounds
	for i, bar := range f.bars {
		y := float64(n - 1 - i)
		ticks[i] = plot.Tick{Value: y, Label: bar.Name}
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: f.base(), Y: y}, {X: bar.X, Y: y}},
			LineStyle: draw.LineStyle{Color: canvas.Colour(colours[0]), Width: 0.6 * barHeight}})
		end := bar.X
		if bar.Bounded {
			b.XYs = append(b.XYs, plotter.XY{X: bar.X, Y: y})
			b.XErrors = append(b.XErrors, f.X.reach(bar.X, bar))
			end = math.Max(end, bar.High)
		}
		figures.XYs[i], figures.Labels[i] = plotter.XY{X: end, Y: y}, number(bar.X, 3)
	}
	if bars, err := plotter.NewXErrorBars(b); err == nil && len(b.XYs) > 0 {
		bars.Color, bars.Width, bars.CapWidth = l.text, 1.5, 8
		p.Add(bars)
	}
	if labels, err := plotter.NewLabels(figures); err == nil {
		for i := range labels.TextStyle {
			labels.TextStyle[i].Color, labels.TextStyle[i].Font, labels.TextStyle[i].YAlign = l.text, sans(textSize), draw.YCenter
		}
		labels.Offset = vg.Point{X: 6}
		p.Add(labels)
	}
	p.Y.Tick.Marker, p.Y.Tick.Length, p.Y.LineStyle.Width = ticks, 0, 0
	p.Y.Min, p.Y.Max = -0.6, float64(n)-0.4
}

// xbounds are bars with an interval.
type xbounds struct {
	plotter.XYs
	plotter.XErrors
}
