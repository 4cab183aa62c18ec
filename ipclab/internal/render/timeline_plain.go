package render

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// plainColumns is how wide the lanes are in plain text.
const plainColumns = 72

// nothingHappened is what an empty time line says.
const nothingHappened = "Nothing happened."

// Plain renders the time line with a row of characters for each lane, and the first arrows as a list.
func (t Timeline) Plain() string {
	if len(t.Lanes) == 0 {
		return join("\n", Clean(t.Title), nothingHappened, strings.Join(t.Notes, "\n"))
	}
	widest := 0
	for _, lane := range t.Lanes {
		widest = max(widest, utf8.RuneCountInString(clean(lane.Name, 34)))
	}
	var rows []string
	for i, lane := range t.Lanes {
		rows = append(rows, fmt.Sprintf("%-*s  %s", widest, clean(lane.Name, 34), t.plainLane(i, lane)))
	}
	axis := fmt.Sprintf("%-*s  0%*s", widest, "", plainColumns-1, number(t.End)+" "+t.Unit)
	legend := "│ an event, 2 to 9 several, + more; ▒ waits; ◆ signal, × end of the process"
	parts := []string{Clean(t.Title), strings.Join(rows, "\n"), axis, legend, t.plainArrows()}
	for _, note := range t.Notes {
		parts = append(parts, CleanNote(note))
	}
	return join("\n", parts...)
}

// plainLane draws a lane.
func (t Timeline) plainLane(i int, lane Lane) string {
	cells := []rune(strings.Repeat(" ", plainColumns))
	column := func(at float64) int {
		if t.End <= 0 {
			return 0
		}
		return min(max(int(at/t.End*plainColumns), 0), plainColumns-1)
	}
	fill := func(from, to float64, with rune) {
		for c := column(from); c <= column(to); c++ {
			cells[c] = with
		}
	}
	fill(lane.From, lane.To, '─')
	for _, w := range t.Waits {
		if w.Lane == i && column(w.To) > column(w.From) {
			fill(w.From, w.To, '▒')
		}
	}
	counts := make([]int, plainColumns)
	for _, m := range t.Marks {
		if m.Lane != i {
			continue
		}
		c := column(m.At)
		counts[c] += max(m.Count, 1)
		switch {
		case m.Kind == Ended:
			cells[c] = '×'
		case cells[c] == '×':
		case m.Kind == Signal:
			cells[c] = '◆'
		case cells[c] == '◆':
		default:
			cells[c] = manyRune(counts[c])
		}
	}
	return strings.TrimRight(string(cells), " ")
}

// manyRune shows a number of events.
func manyRune(n int) rune {
	switch {
	case n == 1:
		return '│'
	case n < 10:
		return rune('0' + n)
	}
	return '+'
}

// plainArrows lists the first arrows.
func (t Timeline) plainArrows() string {
	const most = 12
	var rows []string
	for _, a := range t.Arrows[:min(len(t.Arrows), most)] {
		rows = append(rows, fmt.Sprintf("%9s %s  %s → %s  %s", number(a.Leaves), t.Unit, clean(t.Lanes[a.From].Name, 34), clean(t.Lanes[a.To].Name, 34), Clean(a.Text)))
	}
	if more := len(t.Arrows) - most; more > 0 {
		rows = append(rows, fmt.Sprintf("%d more arrows are not listed.", more))
	}
	return strings.Join(rows, "\n")
}
