package ipclab

import (
	"fmt"
	"math"

	"ipclab/ipclab/internal/chart"
)

// fitted converts the chart for drawing.
func (c *Chart) fitted() *chart.Fitted {
	if c == nil {
		c = NewChart("")
	}
	if !c.made {
		return c.distribution().Fit()
	}
	units, scales := c.units, [2]float64{1, 1}
	for axis := range units {
		units[axis], scales[axis] = c.scale(axis)
	}
	d := chart.Chart{
		Title: c.title,
		X:     chart.Axis{Label: labelWithUnit(c.x, units[axisX]), Log: c.log[axisX]},
		Y:     chart.Axis{Label: labelWithUnit(c.y, units[axisY]), Log: c.log[axisY]},
	}
	for _, s := range c.series {
		if s.mark == chart.Steps {
			d.Y.Log = false
			if d.Y.Label == "" {
				d.Y.Label = "count"
			}
		}
		d.Series = append(d.Series, s.scaled(scales, c.log[axisX], &d.Notes))
	}
	d.Notes = append(d.Notes, c.notes...)
	return d.Fit()
}

// distribution is a chart that was not made by NewChart.
func (c *Chart) distribution() chart.Chart {
	d := chart.Chart{Title: c.title, X: chart.Axis{Label: c.x, Log: true}, Y: chart.Axis{Label: c.y, Share: true}, Notes: c.notes}
	for _, s := range c.series {
		d.Series = append(d.Series, s.scaled([2]float64{1, 1}, true, &d.Notes))
	}
	return d
}

// skippedText says that values are not in a histogram.
func skippedText(n int) string {
	if n == 1 {
		return "1 value is not counted: it is not a number, too great, or has no place on this axis."
	}
	return fmt.Sprintf("%d values are not counted: they are not numbers, too great, or have no place on this axis.", n)
}

// scaled converts a series: times are divided by scales, values counted.
func (s series) scaled(scales [2]float64, log bool, notes *[]string) chart.Series {
	for axis := range scales {
		if !s.times[axis] {
			scales[axis] = 1
		}
	}
	out := chart.Series{Name: s.name, Mark: s.mark}
	if s.mark == chart.Steps {
		values := make([]float64, len(s.values))
		for i, v := range s.values {
			values[i] = v / scales[axisX]
		}
		steps, skipped := chart.Histogram(values, log)
		if skipped > 0 {
			*notes = append(*notes, skippedText(skipped))
		}
		out.Points = steps
		return out
	}
	about := axisY
	if s.mark == chart.Bars {
		about = axisX
	}
	for _, p := range s.points {
		out.Points = append(out.Points, chart.Point{X: p.x / scales[axisX], Y: p.y / scales[axisY],
			Low: p.low / scales[about], High: p.high / scales[about], Bounded: p.bounded, Name: p.name})
	}
	return out
}

// scale returns the unit of an axis, and by what times in ns are divided for it. Without a unit given, it is the one that
// suits the middle between the least and the greatest time.
func (c *Chart) scale(axis int) (unit string, divisor float64) {
	unit = c.units[axis]
	if d, ok := durationUnits[unit]; ok {
		return unit, float64(d)
	}
	least, most := math.Inf(1), 0.0
	for _, s := range c.series {
		if !s.times[axis] {
			continue
		}
		for _, v := range s.along(axis) {
			if a := math.Abs(v); a > 0 {
				least, most = min(least, a), max(most, a)
			}
		}
	}
	if unit != "" || most == 0 {
		return unit, 1
	}
	middle := math.Sqrt(least) * math.Sqrt(most)
	for _, u := range []string{"s", "ms", "µs"} {
		if d := float64(durationUnits[u]); middle >= d {
			return u, d
		}
	}
	return "ns", 1
}

// along returns the coordinates of a series on an axis.
func (s series) along(axis int) []float64 {
	if axis == axisX && s.values != nil {
		return s.values
	}
	list := make([]float64, len(s.points))
	for i, p := range s.points {
		list[i] = [2]float64{p.x, p.y}[axis]
	}
	return list
}

func labelWithUnit(label, unit string) string {
	switch {
	case unit == "":
		return label
	case label == "":
		return unit
	}
	return label + " (" + unit + ")"
}
