package chart

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// The measures of a picture in text, in characters.
const (
	plainBars    = 40
	plainColumns = 60
	plainRows    = 15
)

// Plain returns the chart as text, for terminals and for reading alone.
func (f *Fitted) Plain() string {
	parts := []string{f.Title}
	switch {
	case len(f.bars) > 0:
		parts = append(parts, f.plainBars())
	case f.Y.Share:
		parts = append(parts, f.plainShares())
	case len(f.Series) > 0 && f.Series[0].Mark == Steps:
		parts = append(parts, f.plainSteps())
	case len(f.Series) > 0:
		parts = append(parts, f.plainPicture())
	}
	var kept []string
	for _, p := range append(parts, f.Notes...) {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}

// plainBars draws a bar a line.
func (f *Fitted) plainBars() string {
	wide := 0
	for _, p := range f.bars {
		wide = max(wide, utf8.RuneCountInString(p.Name))
	}
	end := 0.0
	for _, p := range f.bars {
		end = max(end, f.x.at(p.X)) // at is 0 or more: bars begin at the end of the axis
	}
	var lines []string
	if label := f.X.Label; label != "" {
		if f.X.Log {
			label += ", logarithmic"
		}
		lines = append(lines, label)
	}
	for _, p := range f.bars {
		n := 1
		if end > 0 {
			n = max(1, int(math.Round(f.x.at(p.X)/end*plainBars)))
		}
		line := fmt.Sprintf("%-*s  %s %s", wide, p.Name, strings.Repeat("█", n), number(p.X, 3))
		if p.Bounded {
			line += " (" + number(p.Low, 3) + " to " + number(p.High, 3) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// plainShares draws, for each distribution, bars for some shares.
func (f *Fitted) plainShares() string {
	longest := 0.0
	for _, s := range f.Series {
		longest = max(longest, s.reaches(0.99))
	}
	var parts []string
	for _, s := range f.Series {
		var b strings.Builder
		fmt.Fprintf(&b, "%s, %s\n", s.Name, f.X.Label)
		for _, share := range []float64{0.01, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99} {
			x := s.reaches(share)
			n := max(int(math.Round(x/longest*plainBars)), 1)
			fmt.Fprintf(&b, "%4.0f %%  %10.4g  %s\n", share*100, x, strings.Repeat("█", n))
		}
		parts = append(parts, strings.TrimRight(b.String(), "\n"))
	}
	return strings.Join(parts, "\n\n")
}

// plainSteps draws, for each histogram, a bar for each bin.
func (f *Fitted) plainSteps() string {
	most := 0.0
	for _, s := range f.Series {
		for _, p := range s.Points {
			most = max(most, p.Y)
		}
	}
	var parts []string
	for _, s := range f.Series {
		var lines []string
		if heading := strings.Trim(s.Name+", "+f.X.Label, ", "); heading != "" {
			lines = append(lines, heading)
		}
		for i := 1; i < len(s.Points); i++ {
			from, to := s.Points[i-1], s.Points[i]
			if from.X == to.X {
				continue
			}
			bar := ""
			if from.Y > 0 {
				bar = strings.Repeat("█", max(1, int(math.Round(from.Y/most*plainBars)))) + " "
			}
			lines = append(lines, fmt.Sprintf("%10s to %-10s %s%s", number(from.X, 4), number(to.X, 4), bar, number(from.Y, 6)))
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

// reaches returns the least x at which y is share or more.
func (s Series) reaches(share float64) float64 {
	for _, p := range s.Points {
		if p.Y >= share {
			return p.X
		}
	}
	return s.Points[len(s.Points)-1].X
}

// letters mark the points of a series in text.
var letters = []rune("●○■□▲△◆◇+×*#@%&abcdefghijklm")

// plainPicture draws points on a grid of characters.
func (f *Fitted) plainPicture() string {
	var grid [plainRows][plainColumns]rune
	for i := range grid {
		for k := range grid[i] {
			grid[i][k] = ' '
		}
	}
	names, named := f.names()
	for i, s := range f.Series {
		for k, name := range names {
			if name == s.Name {
				i = k
			}
		}
		for _, p := range s.Points {
			grid[plainRows-1-cell(f.y.at(p.Y), plainRows)][cell(f.x.at(p.X), plainColumns)] = letters[i%len(letters)]
		}
	}
	lines := []string{f.Y.Label}
	for i, row := range grid {
		figure := ""
		switch i {
		case 0:
			figure = f.y.figure(f.y.hi)
		case plainRows - 1:
			figure = f.y.figure(f.y.lo)
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%10s │%s", figure, string(row[:])), " "))
	}
	lines = append(lines, strings.Repeat(" ", 11)+"└"+strings.Repeat("─", plainColumns))
	low, high := f.x.figure(f.x.lo), f.x.figure(f.x.hi)
	gap := plainColumns - utf8.RuneCountInString(low) - utf8.RuneCountInString(high)
	lines = append(lines, strings.Repeat(" ", 12)+low+strings.Repeat(" ", max(1, gap))+high)
	if f.X.Label != "" {
		lines = append(lines, strings.Repeat(" ", 12)+f.X.Label)
	}
	if named {
		for i, name := range names {
			lines = append(lines, fmt.Sprintf("%12c %s", letters[i%len(letters)], name))
		}
	}
	if lines[0] == "" {
		lines = lines[1:]
	}
	return strings.Join(lines, "\n")
}

// cell returns the cell of n in which a place between 0 and 1 lies.
func cell(at float64, n int) int {
	if !(at > 0) { // NaN too
		return 0
	}
	return min(int(at*float64(n)), n-1)
}
