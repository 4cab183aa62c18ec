package chart

import (
	"fmt"
	"strings"
)

// Alt says in words what the chart shows, for those who do not see it.
func (f *Fitted) Alt() string {
	var parts []string
	if f.Title != "" {
		parts = append(parts, f.Title)
	}
	switch {
	case len(f.bars) > 0:
		parts = append(parts, fmt.Sprintf("Bar chart of %s: %s", orElse(f.X.Label, "values"), barsText(f.bars)))
	case len(f.Series) > 0:
		kind := map[Mark]string{Line: "Line chart", Dots: "Points", Steps: "Histogram"}[f.Series[0].Mark]
		parts = append(parts, fmt.Sprintf("%s of %s over %s%s", kind, orElse(f.Y.Label, "y"), orElse(f.X.Label, "x"), seriesText(f.Series)))
	}
	parts = append(parts, f.Notes...)
	for i, p := range parts {
		parts[i] = strings.TrimRight(p, ".") + "."
	}
	return strings.Join(parts, " ")
}

// altMost bounds how much is listed.
const altMost = 30

func barsText(bars []Point) string {
	var list []string
	for _, p := range bars {
		if len(list) == altMost {
			list = append(list, "…")
			break
		}
		list = append(list, p.Name+" "+number(p.X, 3))
	}
	return strings.Join(list, ", ")
}

func seriesText(series []Series) string {
	var list []string
	for _, s := range series {
		if s.Name != "" && len(list) < altMost {
			list = append(list, s.Name)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return ": " + strings.Join(list, ", ")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// wrap breaks texts into lines of about so many characters.
func wrap(texts []string, columns int) []string {
	var lines []string
	for _, text := range texts {
		line, length := "", 0
		for _, word := range strings.Fields(text) {
			n := len([]rune(word))
			if length > 0 && length+1+n > columns {
				lines = append(lines, line)
				line, length = "", 0
			}
			if length > 0 {
				line, length = line+" ", length+1
			}
			line, length = line+word, length+n
		}
		lines = append(lines, line)
	}
	return lines
}
