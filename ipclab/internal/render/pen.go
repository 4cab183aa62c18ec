package render

import (
	"fmt"
	"html"
	"strings"
)

// A pen writes a picture in SVG. Text and lines are of a grey that shows on white and on black; each thing may have a title,
// which browsers show where the mouse points at it.
type pen struct{ strings.Builder }

// open begins a picture of a size in pixels, with what it is and what it shows for those who do not see it.
func (p *pen) open(width, height float64, title, summary string) {
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]s %[2]s" width="%[1]s" height="%[2]s" role="img" aria-label="%[3]s" color="%[4]s" font-family="sans-serif" font-size="12">`,
		pixel(width), pixel(height), html.EscapeString(Clean(title)), textColour)
	fmt.Fprintf(p, "\n<desc>%s</desc>\n", html.EscapeString(CleanNote(summary)))
}

// close ends the picture and returns it.
func (p *pen) close() string {
	p.WriteString("</svg>")
	return p.String()
}

// begin begins a thing with a title, which may be empty.
func (p *pen) begin(title string) {
	p.WriteString("<g>")
	p.title(title)
}

// end ends the thing.
func (p *pen) end() { p.WriteString("</g>\n") }

func (p *pen) title(title string) {
	if title != "" {
		fmt.Fprintf(p, "<title>%s</title>", html.EscapeString(Clean(title)))
	}
}

// text writes a text at a point: from there ("start"), to there ("end") or around it ("middle"). weight may be "bold".
func (p *pen) text(x, y float64, anchor, weight, text string) {
	if weight != "" {
		weight = fmt.Sprintf(` font-weight="%s"`, weight)
	}
	fmt.Fprintf(p, `<text x="%s" y="%s" text-anchor="%s"%s fill="currentColor">%s</text>`+"\n", pixel(x), pixel(y), anchor, weight, html.EscapeString(Clean(text)))
}

// small writes a label.
func (p *pen) small(x, y float64, text string) {
	fmt.Fprintf(p, `<text x="%s" y="%s" font-size="11" fill="currentColor">%s</text>`+"\n", pixel(x), pixel(y), html.EscapeString(Clean(text)))
}

// line draws a thin line; style are further attributes.
func (p *pen) line(x1, y1, x2, y2 float64, style string) {
	fmt.Fprintf(p, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" %s/>`+"\n", pixel(x1), pixel(y1), pixel(x2), pixel(y2), style)
}

// rectangle fills one, in the colour of text unless style says another.
func (p *pen) rectangle(x, y, width, height float64, style, title string) {
	if !strings.Contains(style, `fill="`) {
		style = `fill="currentColor" ` + style
	}
	fmt.Fprintf(p, `<rect x="%s" y="%s" width="%s" height="%s" %s>`, pixel(x), pixel(y), pixel(width), pixel(height), style)
	p.title(title)
	p.WriteString("</rect>\n")
}
