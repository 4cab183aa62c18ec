package render

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The picture's measures, in pixels.
const (
	svgWidth, svgHeight   = 640, 360
	svgLeft, svgRight     = 72, 20
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
	svgText(&b, svgLeft, 20, "start", l.Title)
	l.axes(&b)
	for i, line := range l.Lines {
		l.curve(&b, i, line)
	}
	b.WriteString("</svg>")
	return b.String()
}

// axes draws the grid with its figures, and what they are.
func (l Lines) axes(b *strings.Builder) {
	low, high := l.decades()
	steps := []float64{1, 2, 5}
	if high-low > 4 {
		steps = steps[:1]
	}
	for d := low; d <= high; d++ {
		for _, step := range steps {
			if v := step * math.Pow10(d); v <= math.Pow10(high) {
				svgRule(b, l.across(v), svgTop, l.across(v), svgTop+plotHeight)
				svgText(b, l.across(v), svgTop+plotHeight+18, "middle", fmt.Sprintf("%g", v))
			}
		}
	}
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		svgRule(b, svgLeft, down(share), svgLeft+plotWidth, down(share))
		svgText(b, svgLeft-8, down(share)+4, "end", fmt.Sprintf("%g %%", share*100))
	}
	svgText(b, svgLeft+plotWidth/2, svgHeight-12, "middle", l.X)
	fmt.Fprintf(b, `<g transform="translate(14 %d) rotate(-90)">`, svgTop+plotHeight/2)
	svgText(b, 0, 0, "middle", l.Y)
	b.WriteString("</g>\n")
}

// curve draws line i with its name.
func (l Lines) curve(b *strings.Builder, i int, line Line) {
	colour := lineColours[i%len(lineColours)]
	b.WriteString(`<polyline fill="none" stroke-width="2" stroke="` + colour + `" points="`)
	for k := range line.X {
		fmt.Fprintf(b, "%.1f,%.1f ", l.across(line.X[k]), down(line.Y[k]))
	}
	b.WriteString("\"/>\n")
	fmt.Fprintf(b, `<g color="%s">`, colour)
	svgText(b, svgLeft+plotWidth-8, svgTop+plotHeight-8-16*float64(len(l.Lines)-1-i), "end", line.Name)
	b.WriteString("</g>\n")
}

// across returns the abscissa of x.
func (l Lines) across(x float64) float64 {
	low, high := l.decades()
	return svgLeft + plotWidth*(math.Log10(x)-float64(low))/float64(high-low)
}

// down returns the ordinate of a share.
func down(share float64) float64 { return svgTop + plotHeight*(1-share) }

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
