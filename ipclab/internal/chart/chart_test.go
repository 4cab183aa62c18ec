package chart

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"ipclab/ipclab/internal/chart/canvas"
)

// line makes a series through points given as x, y, x, y.
func line(name string, mark Mark, xy ...float64) Series {
	s := Series{Name: name, Mark: mark}
	for i := 0; i+1 < len(xy); i += 2 {
		s.Points = append(s.Points, Point{X: xy[i], Y: xy[i+1]})
	}
	return s
}

// bars makes a series of bars with intervals of a tenth.
func bars(lengths ...float64) Series {
	s := Series{Mark: Bars}
	for i, v := range lengths {
		s.Points = append(s.Points, Point{X: v, Name: fmt.Sprintf("bar %d", i), Low: v * 0.9, High: v * 1.1, Bounded: true})
	}
	return s
}

// distribution is a chart of one line.
func distribution() Chart {
	return Chart{Title: "<t>", X: Axis{Label: "x (µs)", Log: true}, Y: Axis{Share: true},
		Series: []Series{line("pipe & co", Line, 1, 0, 2, 0.5, 4, 0.9, 8, 1)}}
}

// charts is one of each kind, and odd ones.
func charts() map[string]Chart {
	log := Axis{Log: true}
	many := Chart{Title: strings.Repeat("long ", 100)}
	for i := range 40 {
		many.Series = append(many.Series, line(strings.Repeat("名", i*5), Line, 1, float64(i), 2, float64(-i)))
	}
	crowd := line("crowd", Dots)
	for i := range 100_000 {
		crowd.Points = append(crowd.Points, Point{X: float64(i), Y: math.Sin(float64(i))})
	}
	bounded := line("bounded", Dots, 1, 2, 3, 4)
	bounded.Points[0].Low, bounded.Points[0].High, bounded.Points[0].Bounded = 1.5, 3, true
	bounded.Points[1].Low, bounded.Points[1].High, bounded.Points[1].Bounded = math.Inf(-1), math.NaN(), true
	return map[string]Chart{
		"distribution":           distribution(),
		"lines, both axes log":   {X: log, Y: log, Series: []Series{line("a", Line, 1, 1e-9, 1e9, 1e9), line("b", Line, 5, 5)}},
		"points with intervals":  {Series: []Series{bounded}},
		"bars":                   {X: Axis{Label: "µs", Log: true}, Series: []Series{bars(5, 0.07, 2000)}},
		"linear bars":            {Series: []Series{bars(5, 0, -3)}},
		"equal bars":             {X: log, Series: []Series{bars(1, 1, 1)}},
		"one bar of 0":           {Series: []Series{bars(0)}},
		"steps":                  {Series: []Series{line("", Steps, 0, 0, 0, 5, 1, 2, 2, 0)}},
		"one point":              {Series: []Series{line("", Line, 10, 1)}},
		"one point at 0":         {Series: []Series{line("", Line, 0, 0)}},
		"one point, log":         {X: log, Y: log, Series: []Series{line("", Dots, 10, 1)}},
		"least and greatest":     {Series: []Series{line("", Line, -1e30, -1e30, 1e30, 1e30, 1e-300, 5e-324)}},
		"least and greatest log": {X: log, Y: log, Series: []Series{line("", Line, 1e-30, 1e-30, 1e30, 1e30)}},
		"almost equal":           {Series: []Series{line("", Line, 1e9, 1, 1e9+1e-6, 1+1e-15)}},
		"many lines":             many,
		"many points":            {Series: []Series{crowd}},
		"notes":                  {Notes: []string{strings.Repeat("note ", 60)}, Series: []Series{line("", Line, 1, 1)}},
	}
}

func TestSVG(t *testing.T) {
	for name, c := range charts() {
		svg, err := c.Fit().SVG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		root, err := parseXML(svg)
		if err != nil {
			t.Errorf("%s: not XML: %v\n%s", name, err, svg)
		}
		if root.Name.Local != "svg" || attribute(root, "role") != "img" || attribute(root, "aria-label") == "" {
			t.Errorf("%s: the root is %v", name, root)
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s: a coordinate is no number", name)
		}
		if !strings.Contains(svg, "<path") {
			t.Errorf("%s: nothing is drawn", name)
		}
	}
	svg, _ := distribution().Fit().SVG()
	if !strings.Contains(svg, ">pipe &amp; co</text>") || strings.Contains(svg, "<t>") || !strings.Contains(svg, "<title>&lt;t&gt;</title>") {
		t.Errorf("text is not escaped:\n%s", svg)
	}
	if strings.Contains(svg, "#ffffff") || strings.Contains(svg, "#FFFFFF") {
		t.Errorf("the picture has a background:\n%s", svg)
	}
}

// parseXML reads a document to its end and returns its first element.
func parseXML(text string) (root xml.StartElement, err error) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return root, err
		}
		if e, ok := token.(xml.StartElement); ok && root.Name.Local == "" {
			root = e.Copy()
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestPNG(t *testing.T) {
	for name, c := range charts() {
		data, err := c.Fit().PNG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if w := picture.Bounds().Dx(); w != width*canvas.DotsPerInch/72 {
			t.Errorf("%s: %d pixels wide, want %d", name, w, width*canvas.DotsPerInch/72)
		}
		seen := map[color.Color]bool{}
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				seen[picture.At(x, y)] = true
			}
		}
		corner := picture.At(0, 0)
		if r, g, b, a := corner.RGBA(); len(seen) < 10 || r&g&b&a != 0xffff {
			t.Errorf("%s: %d colours, %v in the corner; want more and white", name, len(seen), corner)
		}
	}
}

func TestPDF(t *testing.T) {
	for name, c := range charts() {
		data, err := c.Fit().PDF()
		if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) || !bytes.Contains(data, []byte("%%EOF")) {
			t.Errorf("%s: %.20q, %v", name, data, err)
		}
		if bytes.Contains(data, []byte("/Type /Font")) {
			t.Errorf("%s: the page needs a font", name)
		}
	}
}

// TestVegaLite checks what must hold for the specifications beyond the schema, which the Python tests have.
func TestVegaLite(t *testing.T) {
	for name, c := range charts() {
		text, err := c.Fit().VegaLite()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var spec struct {
			Description, Background string
			Layer                   []struct {
				Data     struct{ Values []map[string]any }
				Encoding map[string]any
			}
		}
		if err := json.Unmarshal(text, &spec); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if spec.Background != "transparent" || spec.Description == "" || len(spec.Layer) == 0 {
			t.Errorf("%s: %s", name, text)
		}
		for _, layer := range spec.Layer {
			if n := len(layer.Data.Values); n == 0 || n > pointsMost+seriesMost {
				t.Errorf("%s: a layer of %d rows", name, n)
			}
			for channel, e := range layer.Encoding {
				definition, _ := e.(map[string]any)
				if field, ok := definition["field"].(string); ok && layer.Data.Values[0][field] == nil {
					t.Errorf("%s: channel %s shows %q, which the rows do not have", name, channel, field)
				}
			}
		}
	}
}

func TestColoursStandOutFromWhiteAndBlack(t *testing.T) {
	shades := append([]string{}, colours...)
	r, g, b, _ := onAny.text.RGBA()
	shades = append(shades, fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8))
	for _, c := range shades {
		if least := canvas.Contrast(c); least < 3 {
			t.Errorf("%s: contrast %.1f; want 3 on white and on black", c, least)
		}
	}
}
