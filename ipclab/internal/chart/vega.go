package chart

import (
	"encoding/json"
	"strconv"

	"ipclab/ipclab/internal/chart/canvas"
)

type object = map[string]any

// VegaLite returns the specification. See https://vega.github.io/vega-lite/docs/.
func (f *Fitted) VegaLite() ([]byte, error) {
	spec := canvas.Vega(nil)
	spec["description"], spec["width"] = f.Alt(), 460
	if title := f.vegaTitle(); title != nil {
		spec["title"] = title
	}
	switch {
	case len(f.bars) > 0:
		spec["height"] = object{"step": barHeight}
		spec["layer"] = f.vegaBars()
	case len(f.Series) > 0:
		spec["height"] = 260
		spec["layer"] = f.vegaLayers()
	default:
		spec["height"], spec["data"], spec["mark"] = 40, object{"values": []any{}}, "point"
	}
	return json.Marshal(spec)
}

// vegaTitle returns the title with the notes below it, nil if there is neither.
func (f *Fitted) vegaTitle() object {
	if f.Title == "" && len(f.Notes) == 0 {
		return nil
	}
	title := object{"text": wrap([]string{f.Title}, titleWidth)}
	if len(f.Notes) > 0 {
		title["subtitle"] = wrap(f.Notes, 90)
	}
	return title
}

// vegaLayers returns the layers of a chart of series: lines, steps, intervals, points.
func (f *Fitted) vegaLayers() []object {
	values := map[Mark][]object{}
	var bounded []object
	for _, s := range f.Series {
		for _, p := range s.Points {
			row := object{"series": s.Name, "x": significant(p.X), "y": significant(p.Y)}
			values[s.Mark] = append(values[s.Mark], row)
			if p.Bounded {
				bounded = append(bounded, object{"series": s.Name, "x": significant(p.X), "low": significant(p.Low), "high": significant(p.High)})
			}
		}
	}
	var layers []object
	add := func(rows []object, mark object, channels ...string) {
		if len(rows) > 0 {
			layers = append(layers, object{"data": object{"values": rows}, "mark": mark, "encoding": f.vegaEncoding(channels)})
		}
	}
	line := object{"type": "line", "tooltip": true, "strokeWidth": 2}
	channels := []string{"color", "strokeDash"}
	if f.marked() {
		line["point"] = object{"filled": true, "size": 45}
		channels = append(channels, "shape")
	}
	add(values[Line], line, channels...)
	add(values[Steps], object{"type": "line", "tooltip": true, "strokeWidth": 2, "interpolate": "step-after"}, "color", "strokeDash")
	add(bounded, object{"type": "errorbar", "ticks": object{"width": 8}}, "color", "interval")
	add(values[Dots], object{"type": "point", "filled": true, "size": 60, "opacity": 1, "tooltip": true}, "color", "shape")
	return layers
}

// marked reports whether lines are drawn with a mark at each point: if there are few.
func (f *Fitted) marked() bool {
	n := 0
	for _, s := range f.Series {
		if s.Mark == Line {
			n = max(n, len(s.Points))
		}
	}
	return n <= 40
}

// vegaEncoding says which channels show what.
func (f *Fitted) vegaEncoding(channels []string) object {
	e := object{
		"x": vegaPosition("x", f.X, f.x),
		"y": vegaPosition("y", f.Y, f.y),
	}
	names, legend := f.names()
	for _, channel := range channels {
		if channel == "interval" {
			e["y"] = vegaPosition("low", f.Y, f.y)
			e["y2"] = object{"field": "high"}
			continue
		}
		scale := object{"domain": names, "range": styles(channel, len(names))}
		c := object{"field": "series", "type": "nominal", "title": nil, "scale": scale}
		if !legend {
			c["legend"] = nil
		}
		e[channel] = c
	}
	return e
}

// names returns those of the series, and whether a legend is wanted.
func (f *Fitted) names() (list []string, legend bool) {
	seen := map[string]bool{}
	for _, s := range f.Series {
		if !seen[s.Name] {
			seen[s.Name] = true
			list = append(list, s.Name)
		}
	}
	return list, len(list) > 1 || len(list) == 1 && list[0] != ""
}

// styles returns what a channel shows for each of n series.
func styles(channel string, n int) []any {
	list := make([]any, n)
	for i := range list {
		switch channel {
		case "color":
			list[i] = colours[i%len(colours)]
		case "strokeDash":
			list[i] = dashes[i%len(dashes)]
		default:
			list[i] = shapes[i%len(shapes)]
		}
	}
	return list
}

// vegaFigure writes a tick as span.figure does.
const vegaFigure = "format(datum.value, abs(datum.value) >= 10000 ? '.4~s' : '.4~r')"

// vegaPosition is an axis with its scale.
func vegaPosition(field string, a Axis, s span) object {
	scale := object{"domain": []float64{s.lo, s.hi}, "nice": false, "zero": false}
	if a.Log {
		scale = object{"type": "log", "domain": []float64{s.lo, s.hi}, "nice": false}
	}
	axis := object{"values": s.ticks(), "labelExpr": vegaFigure}
	if a.Share {
		axis = object{"values": s.ticks(), "format": "~%"}
	}
	return object{"field": field, "type": "quantitative", "title": a.Label, "scale": scale, "axis": axis}
}

// vegaBars returns the layers of a chart of bars: the bars, their intervals, their figures.
func (f *Fitted) vegaBars() []object {
	names := []string{}
	rows, bounded := []object{}, []object{}
	for _, p := range f.bars {
		names = append(names, p.Name)
		row := object{"name": p.Name, "value": significant(p.X), "text": number(p.X, 3), "end": significant(max(p.X, p.High))}
		if !p.Bounded {
			row["end"] = row["value"]
		} else {
			bounded = append(bounded, object{"name": p.Name, "low": significant(p.Low), "high": significant(p.High)})
		}
		rows = append(rows, row)
	}
	y := object{"field": "name", "type": "nominal", "sort": names, "title": f.yTitle()}
	x := func(field string) object {
		position := vegaPosition(field, f.X, f.x)
		position["stack"] = nil
		return position
	}
	layers := []object{{
		"data": object{"values": rows},
		"mark": object{"type": "bar", "color": colours[0], "height": object{"band": 0.6}, "tooltip": true},
		"encoding": object{"y": y, "x": x("value"), "x2": object{"datum": f.base()},
			"tooltip": []object{{"field": "name", "title": f.Y.Label}, {"field": "text", "title": f.X.Label}}},
	}}
	if len(bounded) > 0 {
		layers = append(layers, object{
			"data":     object{"values": bounded},
			"mark":     object{"type": "errorbar", "ticks": object{"height": 8, "color": canvas.Foreground}, "rule": object{"color": canvas.Foreground}},
			"encoding": object{"y": y, "x": vegaPosition("low", f.X, f.x), "x2": object{"field": "high"}},
		})
	}
	return append(layers, object{
		"data":     object{"values": rows},
		"mark":     object{"type": "text", "align": "left", "dx": 6, "color": canvas.Foreground},
		"encoding": object{"y": y, "x": x("end"), "text": object{"field": "text"}},
	})
}

func (f *Fitted) yTitle() any {
	if f.Y.Label == "" {
		return nil
	}
	return f.Y.Label
}

// base is where bars begin.
func (f *Fitted) base() float64 {
	if f.x.log {
		return f.x.lo
	}
	return 0
}

// significant rounds to seven digits, so that a chart's data stays small.
func significant(f float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 7, 64), 64)
	if err != nil {
		return f
	}
	return v
}
