package render

import (
	"html"
	"strings"
)

// HTML renders g as a table element with a caption and column headings that screen readers announce. Colours are
// inherited, so that it reads in a dark theme as in a light one. The classes keep MathJax, new and old, from taking what
// stands between two dollar signs for a formula.
func (g Grid) HTML() string {
	var b strings.Builder
	b.WriteString(`<table class="mathjax_ignore tex2jax_ignore" style="color:inherit;border-collapse:collapse">` + "\n")
	if g.Caption != "" {
		b.WriteString(`<caption style="text-align:left;color:inherit">` + html.EscapeString(g.Caption) + "</caption>\n")
	}
	b.WriteString("<thead>\n<tr>")
	for i, h := range g.Header {
		g.cell(&b, `th scope="col"`, "th", i, h)
	}
	b.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, r := range g.Rows {
		b.WriteString("<tr>")
		for i, c := range r {
			g.cell(&b, "td", "td", i, g.read(i, c))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>")
	for _, n := range g.Notes {
		b.WriteString("\n<p>" + html.EscapeString(n) + "</p>")
	}
	return b.String()
}

// cell writes one cell of column i. White space is kept, since a tree is drawn with it.
func (g Grid) cell(b *strings.Builder, open, name string, i int, text string) {
	style := "padding:2px 8px;text-align:left;white-space:pre-wrap"
	if g.Numeric[i] {
		style = "padding:2px 8px;text-align:right;font-variant-numeric:tabular-nums"
	}
	b.WriteString("<" + open + ` style="` + style + `">` + breakable(text) + "</" + name + ">")
}

// longWord is how many characters without a space a column has to be wide enough for.
const longWord = 32

// breakable is text as HTML in which longer words, such as the data of a system call, may go on in a next line, so that
// they do not push the columns after them off the page.
func breakable(text string) string {
	var b strings.Builder
	run := 0
	for _, r := range text {
		if run++; r == ' ' || r == '\n' {
			run = 0
		} else if run > longWord {
			b.WriteString("<wbr>")
			run = 1
		}
		b.WriteString(html.EscapeString(string(r)))
	}
	return b.String()
}
