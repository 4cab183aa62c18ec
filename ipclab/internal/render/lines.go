package render

import (
	"fmt"
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
