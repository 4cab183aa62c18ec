package render

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// distribution is a chart of one line.
func distribution() Lines {
	return Lines{Title: "<t>", X: "x (µs)", Lines: []Line{{Name: "pipe & co", X: []float64{1, 2, 4, 8}, Y: []float64{0, 0.5, 0.9, 1}}}}
}

func TestLinesPlain(t *testing.T) {
	want := strings.Join([]string{
		"<t>",
		"pipe & co, x (µs)",
		"   1 %           2  ██████████",
		"  10 %           2  ██████████",
		"  25 %           2  ██████████",
		"  50 %           2  ██████████",
		"  75 %           4  ████████████████████",
		"  90 %           4  ████████████████████",
		"  99 %           8  ████████████████████████████████████████",
	}, "\n")
	if got := distribution().Plain(); got != want {
		t.Errorf("Plain:\n%s\nwant:\n%s", got, want)
	}
}

func TestLinesSVG(t *testing.T) {
	for name, l := range map[string]Lines{"one line": distribution(), "nothing": {}, "one point": {Lines: []Line{{X: []float64{10}, Y: []float64{1}}}}} {
		svg := l.SVG()
		decoder := xml.NewDecoder(strings.NewReader(svg))
		var err error
		for err == nil {
			_, err = decoder.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: not XML: %v\n%s", name, err, svg)
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s: a coordinate is no number:\n%s", name, svg)
		}
		if n := strings.Count(svg, "<polyline"); n != len(l.Lines) {
			t.Errorf("%s: %d lines drawn, want %d", name, n, len(l.Lines))
		}
	}
	if svg := distribution().SVG(); !strings.Contains(svg, "pipe &amp; co") || strings.Contains(svg, "<t>") {
		t.Errorf("text is not escaped:\n%s", svg)
	}
}
