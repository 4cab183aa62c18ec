package ipclab

import (
	"encoding/json"
	"math"
	"strconv"

	"ipclab/ipclab/internal/render"
	"ipclab/ipclab/mime"
)

// A Chart is lines over a logarithmic axis. A cell that ends in one shows it; Display shows it at once. JupyterLab draws
// it from a Vega-Lite specification, where one can point at it for figures; exported notebooks keep the picture in SVG.
type Chart struct {
	title, x, y string
	series      []series
}

// A series is one line of a chart.
type series struct {
	name   string
	points []point
}

// A point is one point of a line. x is above 0, y from 0 to 1.
type point struct{ x, y float64 }

// String returns the chart as text: for each line, a bar for some of its points.
func (c *Chart) String() string { return c.lines().Plain() }

// MIMEBundle returns the chart as text/plain, image/svg+xml and application/vnd.vegalite.v5+json.
func (c *Chart) MIMEBundle() mime.Bundle {
	lines := c.lines()
	b := mime.Bundle{mime.Plain: lines.Plain(), mime.SVG: lines.SVG()}
	if spec, err := json.Marshal(c.vegaLite()); err == nil {
		b[mime.VegaLite] = json.RawMessage(spec)
	}
	return b
}

// lines converts the chart for rendering here.
func (c *Chart) lines() render.Lines {
	if c == nil {
		c = &Chart{}
	}
	l := render.Lines{Title: c.title, X: c.x, Y: c.y}
	for _, s := range c.series {
		line := render.Line{Name: s.name}
		for _, p := range s.points {
			if p.x > 0 && !math.IsInf(p.x, 0) {
				line.X, line.Y = append(line.X, p.x), append(line.Y, p.y)
			}
		}
		if len(line.X) > 0 {
			l.Lines = append(l.Lines, line)
		}
	}
	return l
}

// vegaLite returns the specification. See https://vega.github.io/vega-lite/docs/.
func (c *Chart) vegaLite() map[string]any {
	if c == nil {
		c = &Chart{}
	}
	type object = map[string]any
	rows := []object{}
	for _, line := range c.lines().Lines {
		for i := range line.X {
			rows = append(rows, object{"series": line.Name, "x": significant(line.X[i]), "y": line.Y[i]})
		}
	}
	return object{
		"$schema": "https://vega.github.io/schema/vega-lite/v5.json",
		"title":   c.title,
		"width":   480,
		"height":  260,
		"data":    object{"values": rows},
		"mark":    object{"type": "line", "tooltip": true},
		"encoding": object{
			"x":     object{"field": "x", "type": "quantitative", "title": c.x, "scale": object{"type": "log"}},
			"y":     object{"field": "y", "type": "quantitative", "title": c.y, "axis": object{"format": "%"}},
			"color": object{"field": "series", "type": "nominal", "title": nil},
		},
	}
}

// significant rounds to four significant digits, so that a chart's data stays small.
func significant(f float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 4, 64), 64)
	if err != nil {
		return f
	}
	return v
}
