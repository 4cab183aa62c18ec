package render

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Lines is a chart of lines: x logarithmic, y a share from 0 to 1.
type Lines struct {
	Title, X, Y string
	Lines       []Line
}

// A Line is one line of a chart. X is above 0 and ascending, Y from 0 to 1; both are of the same length, not 0.
type Line struct {
	Name string
	X, Y []float64
}

// bars is the width of the longest bar in plain text.
const bars = 40

// Plain renders the chart as bars, for some shares of each line.
func (l Lines) Plain() string {
	longest := 0.0
	for _, line := range l.Lines {
		longest = max(longest, line.at(0.99))
	}
	var parts []string
	for _, line := range l.Lines {
		var b strings.Builder
		fmt.Fprintf(&b, "%s, %s\n", Clean(line.Name), Clean(l.X))
		for _, share := range []float64{0.01, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99} {
			x := line.at(share)
			n := int(math.Round(x / longest * bars))
			fmt.Fprintf(&b, "%4.0f %%  %10.4g  %s\n", share*100, x, strings.Repeat("█", max(n, 1)))
		}
		parts = append(parts, strings.TrimRight(b.String(), "\n"))
	}
	return join("\n", Clean(l.Title), strings.Join(parts, "\n\n"))
}

// at returns the least x whose y reaches share.
func (l Line) at(share float64) float64 {
	for i, y := range l.Y {
		if y >= share {
			return l.X[i]
		}
	}
	return l.X[len(l.X)-1]
}

// The picture's measures, in pixels.
const (
	svgWidth, svgHeight   = 640, 360
	svgLeft, svgRight     = 60, 20
	svgTop, svgBottom     = 36, 50
	plotWidth, plotHeight = svgWidth - svgLeft - svgRight, svgHeight - svgTop - svgBottom
)

// lineColours are told apart by most people with a colour vision deficiency, on white and on black (after Okabe and Ito).
var lineColours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"}

// SVG renders the chart as a picture. Text and axes are of a grey that shows on white and on black.
func (l Lines) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" color="#808080" font-family="sans-serif" font-size="12">`,
		svgWidth, svgHeight, svgWidth, svgHeight, html.EscapeString(Clean(l.Title)))
	b.WriteString("\n")
	low, high := l.decades()
	svgText(&b, svgLeft, 20, "start", l.Title)
	svgText(&b, svgLeft+plotWidth/2, svgHeight-12, "middle", l.X)
	for d := low; d <= high; d++ {
		x := svgLeft + plotWidth*float64(d-low)/float64(high-low)
		svgRule(&b, x, svgTop, x, svgTop+plotHeight)
		svgText(&b, x, svgTop+plotHeight+18, "middle", fmt.Sprintf("%g", math.Pow10(d)))
	}
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		y := svgTop + plotHeight*(1-share)
		svgRule(&b, svgLeft, y, svgLeft+plotWidth, y)
		svgText(&b, svgLeft-8, y+4, "end", fmt.Sprintf("%g %%", share*100))
	}
	for i, line := range l.Lines {
		colour := lineColours[i%len(lineColours)]
		b.WriteString(`<polyline fill="none" stroke-width="2" stroke="` + colour + `" points="`)
		for k := range line.X {
			x := svgLeft + plotWidth*(math.Log10(line.X[k])-float64(low))/float64(high-low)
			fmt.Fprintf(&b, "%.1f,%.1f ", x, svgTop+plotHeight*(1-line.Y[k]))
		}
		b.WriteString("\"/>\n")
		fmt.Fprintf(&b, `<g color="%s">`, colour)
		svgText(&b, svgLeft+plotWidth-8, svgTop+plotHeight-8-16*float64(len(l.Lines)-1-i), "end", line.Name)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>")
	return b.String()
}

// decades returns the powers of ten between which all x lie, at least one apart.
func (l Lines) decades() (low, high int) {
	least, most := math.Inf(1), 0.0
	for _, line := range l.Lines {
		least, most = min(least, line.X[0]), max(most, line.X[len(line.X)-1])
	}
	if most == 0 {
		return 0, 1
	}
	low, high = int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))
	return low, max(high, low+1)
}

// svgText writes a text at a point.
func svgText(b *strings.Builder, x, y float64, anchor, text string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="currentColor">%s</text>`+"\n", x, y, anchor, html.EscapeString(Clean(text)))
}

// svgRule writes a thin line.
func svgRule(b *strings.Builder, x1, y1, x2, y2 float64) {
	fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="currentColor" stroke-opacity="0.3"/>`+"\n", x1, y1, x2, y2)
}
