package render

import (
	"encoding/json"
	"strings"

	"ipclab/ipclab/internal/chart/canvas"
)

// mostDrawn is how many things of a kind a front end is given one by one; beyond, they are drawn together in so many columns.
const (
	mostDrawn   = 3000
	vegaColumns = 400
)

type object = map[string]any

// VegaLite returns the time line as a Vega-Lite specification, in which one can zoom along the time.
func (t Timeline) VegaLite() map[string]any {
	if len(t.Marks) > mostDrawn || len(t.Waits) > mostDrawn || len(t.Arrows) > mostDrawn {
		t = t.Binned(vegaColumns)
	}
	lives, waits, marks, arrows := []object{}, []object{}, []object{}, []object{}
	for i, lane := range t.Lanes {
		lives = append(lives, band(i, lane.From, lane.To, 1, brief(lane.Name)))
	}
	for _, w := range t.Waits {
		waits = append(waits, band(w.Lane, w.From, w.To, w.Share, brief(w.Text)))
	}
	for _, m := range t.Marks {
		marks = append(marks, object{"at": m.At, "lane": m.Lane, "top": float64(m.Lane) - 0.2, "bottom": float64(m.Lane) + 0.2,
			"kind": string(m.Kind), "what": brief(m.Text), "count": max(m.Count, 1)})
	}
	for _, a := range t.Arrows {
		down := 0.16
		if a.To < a.From {
			down = -down
		}
		arrows = append(arrows, object{"leaves": a.Leaves, "arrives": a.Arrives, "from": float64(a.From) + down, "to": float64(a.To) - down,
			"kind": string(a.Kind), "what": brief(a.Text), "up": a.To < a.From})
	}
	spec := canvas.Vega(object{"orient": "bottom", "direction": "horizontal"})
	spec["title"] = object{"text": Clean(t.Title), "subtitle": append([]string{"Orange: the process waits. The mouse wheel zooms, dragging moves, a double click goes back."}, noteLines(t.Notes)...)}
	spec["description"] = t.summary()
	spec["width"], spec["height"] = 640, laneHeight*max(len(t.Lanes), 1)
	spec["datasets"] = object{"lives": lives, "waits": waits, "arrows": arrows, "marks": marks}
	spec["resolve"] = object{"scale": object{"shape": "independent"}, "legend": object{"shape": "independent"}}
	spec["layer"] = []object{t.lifeLayer(), waitLayer(), arrowLayer(), headLayer(), markLayer(), signalLayer()}
	return spec
}

// brief is what is shown where one points at something.
func brief(s string) string { return clean(s, 110) }

func band(lane int, from, to, share float64, what string) object {
	return object{"from": from, "to": to, "top": float64(lane) - 0.12, "bottom": float64(lane) + 0.12, "share": share, "what": what}
}

// along is a time on the axis; the first layer says what the axis is.
func along(field string) object { return object{"field": field, "type": "quantitative"} }

func (t Timeline) lifeLayer() object {
	var names []string
	numbers := []int{}
	for i, lane := range t.Lanes {
		quoted, err := json.Marshal(clean(lane.Name, 34))
		if err == nil {
			names = append(names, string(quoted))
		}
		numbers = append(numbers, i)
	}
	y := object{"field": "top", "type": "quantitative", "title": nil, "scale": object{"domain": []float64{-0.5, float64(len(t.Lanes)) - 0.5}, "reverse": true, "nice": false},
		"axis": object{"values": numbers, "grid": false, "ticks": false, "labelLimit": 240, "labelExpr": "[" + strings.Join(names, ",") + "][datum.value]"}}
	x := object{"field": "from", "type": "quantitative", "title": "time (" + t.Unit + ")", "scale": object{"domain": []float64{0, max(t.End, 1e-6)}, "nice": false}}
	return object{
		"data":     object{"name": "lives"},
		"params":   []object{{"name": "zoom", "select": object{"type": "interval", "encodings": []string{"x"}}, "bind": "scales"}},
		"mark":     object{"type": "rect", "clip": true, "color": textColour, "opacity": 0.2},
		"encoding": object{"x": x, "x2": object{"field": "to"}, "y": y, "y2": object{"field": "bottom"}, "tooltip": tip()},
	}
}

func tip() object { return object{"field": "what", "type": "nominal"} }

func waitLayer() object {
	return object{
		"data": object{"name": "waits"},
		"mark": object{"type": "rect", "clip": true, "color": waitColour},
		"encoding": object{"x": along("from"), "x2": object{"field": "to"}, "y": along("top"), "y2": object{"field": "bottom"}, "tooltip": tip(),
			"opacity": object{"field": "share", "type": "quantitative", "scale": object{"domain": []float64{0, 1}, "range": []float64{0.25, 0.75}}, "legend": nil}},
	}
}

// arrowColour and the dashes are told by one legend.
func arrowColour() object {
	var kinds, colours []string
	for _, kind := range arrowKinds {
		kinds, colours = append(kinds, string(kind)), append(colours, arrowLooks[kind].colour)
	}
	return object{"field": "kind", "type": "nominal", "title": "arrows", "scale": object{"domain": kinds, "range": colours},
		"legend": object{"symbolType": "stroke", "symbolSize": 400, "symbolStrokeWidth": 2}}
}

func arrowLayer() object {
	var kinds []string
	var dashes [][]int
	for _, kind := range arrowKinds {
		pattern := arrowLooks[kind].dashes
		if pattern == nil {
			pattern = []int{1, 0}
		}
		kinds, dashes = append(kinds, string(kind)), append(dashes, pattern)
	}
	return object{
		"data": object{"name": "arrows"},
		"mark": object{"type": "rule", "clip": true, "strokeWidth": 1.6},
		"encoding": object{"x": along("leaves"), "x2": object{"field": "arrives"}, "y": along("from"), "y2": object{"field": "to"}, "tooltip": tip(), "color": arrowColour(),
			"strokeDash": object{"field": "kind", "type": "nominal", "title": "arrows", "scale": object{"domain": kinds, "range": dashes},
				"legend": object{"symbolType": "stroke", "symbolSize": 400, "symbolStrokeWidth": 2}}},
	}
}

func headLayer() object {
	return object{
		"data": object{"name": "arrows"},
		"mark": object{"type": "point", "clip": true, "filled": true, "size": 60, "opacity": 1},
		"encoding": object{"x": along("arrives"), "y": along("to"), "tooltip": tip(), "color": arrowColour(),
			"shape": object{"field": "up", "type": "nominal", "scale": object{"domain": []bool{false, true}, "range": []string{"triangle-down", "triangle-up"}}, "legend": nil}},
	}
}

func markLayer() object {
	return object{
		"data":      object{"name": "marks"},
		"transform": []object{{"filter": "datum.kind == '" + string(Event) + "'"}},
		"mark":      object{"type": "rule", "clip": true, "color": textColour, "strokeWidth": 1.6},
		"encoding":  object{"x": along("at"), "y": along("top"), "y2": object{"field": "bottom"}, "tooltip": tip()},
	}
}

func signalLayer() object {
	kinds := []string{string(Signal), string(Ended)}
	return object{
		"data":      object{"name": "marks"},
		"transform": []object{{"filter": "datum.kind != '" + string(Event) + "'"}},
		"mark":      object{"type": "point", "clip": true, "filled": true, "size": 90, "opacity": 1, "color": arrowLooks[Sent].colour},
		"encoding": object{"x": along("at"), "y": along("lane"), "tooltip": tip(),
			"shape": object{"field": "kind", "type": "nominal", "title": "marks", "scale": object{"domain": kinds, "range": []string{"diamond", "cross"}}}},
	}
}
