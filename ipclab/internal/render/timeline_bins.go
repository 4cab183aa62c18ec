package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostArrows is how many arrows are drawn one by one.
const mostArrows = 150

// Binned returns the time line with what falls into the same of so many columns drawn as one: marks, and, where they are many,
// waits and arrows. A picture stays small so, whatever the number of events.
func (t Timeline) Binned(columns int) Timeline {
	bin := func(at float64) int {
		if t.End <= 0 {
			return 0
		}
		return min(max(int(at/t.End*float64(columns)), 0), columns-1)
	}
	t.Marks = t.binMarks(bin)
	t.Waits = t.binWaits(columns)
	if len(t.Arrows) > mostArrows {
		t.Arrows = t.binArrows(bin)
	}
	return t
}

// A place is a column of a lane, or of an arrow between two.
type place struct{ lane, to, bin int }

// binMarks has one mark for those of a lane and column.
func (t Timeline) binMarks(bin func(float64) int) []Mark {
	groups := map[place][]Mark{}
	for _, m := range t.Marks {
		p := place{lane: m.Lane, bin: bin(m.At)}
		if m.Kind != Event { // these are rare, and not to be lost among the others
			p.to = 1 + slices.Index([]MarkKind{Signal, Ended}, m.Kind)
		}
		groups[p] = append(groups[p], m)
	}
	var out []Mark
	for _, p := range inOrder(groups) {
		out = append(out, oneMark(groups[p]))
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return cmp.Or(cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.At, b.At)) })
	return out
}

func inOrder[V any](groups map[place]V) []place {
	return slices.SortedFunc(maps.Keys(groups), func(a, b place) int {
		return cmp.Or(a.lane-b.lane, a.to-b.to, a.bin-b.bin)
	})
}

// oneMark stands for all of them.
func oneMark(marks []Mark) Mark {
	m := marks[0]
	if len(marks) == 1 {
		return m
	}
	m.At = (marks[0].At + marks[len(marks)-1].At) / 2
	m.Count = 0
	counts := map[string]int{}
	for _, x := range marks {
		m.Count += max(x.Count, 1)
		counts[x.Label] += max(x.Count, 1)
	}
	m.Label = fmt.Sprintf("%d×", m.Count)
	if len(counts) == 1 {
		m.Label += " " + marks[0].Label
	}
	m.Text = fmt.Sprintf("%d: %s", m.Count, tally(counts))
	return m
}

// tally lists what was counted, the most first.
func tally(counts map[string]int) string {
	const most = 8
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	var parts []string
	for _, name := range names[:min(len(names), most)] {
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
	}
	if len(names) > most {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// binWaits says for each column of a lane with many waits for what share of it there was one.
func (t Timeline) binWaits(columns int) (out []Wait) {
	byLane := map[int][]Wait{}
	for _, w := range t.Waits {
		byLane[w.Lane] = append(byLane[w.Lane], w)
	}
	for _, lane := range slices.Sorted(maps.Keys(byLane)) {
		waits := byLane[lane]
		if len(waits) <= columns {
			out = append(out, waits...)
			continue
		}
		out = append(out, shares(waits, t.End, columns)...)
	}
	return out
}

// shares returns a wait for each column in which there was any.
func shares(waits []Wait, end float64, columns int) (out []Wait) {
	width := end / float64(columns)
	if width <= 0 {
		return waits[:1]
	}
	waited := make([]float64, columns)
	for _, w := range merged(waits) {
		first, last := min(max(int(w.From/width), 0), columns-1), min(max(int(w.To/width), 0), columns-1)
		for i := first; i <= last; i++ {
			from, to := float64(i)*width, float64(i+1)*width
			waited[i] += max(min(w.To, to)-max(w.From, from), 0) / width
		}
	}
	for i, share := range waited {
		if share > 0.005 {
			share = min(share, 1)
			out = append(out, Wait{Lane: waits[0].Lane, From: float64(i) * width, To: float64(i+1) * width, Share: share,
				Text: fmt.Sprintf("waited for %.0f %% of this time", 100*share)})
		}
	}
	return out
}

// merged joins waits of a lane that overlap.
func merged(waits []Wait) (out []Wait) {
	sorted := slices.SortedFunc(slices.Values(waits), func(a, b Wait) int { return cmp.Compare(a.From, b.From) })
	for _, w := range sorted {
		if last := len(out) - 1; last >= 0 && w.From <= out[last].To {
			out[last].To = max(out[last].To, w.To)
			continue
		}
		out = append(out, w)
	}
	return out
}

// binArrows has one arrow for those of a kind between the same lanes that leave in the same column.
func (t Timeline) binArrows(bin func(float64) int) (out []Arrow) {
	for _, kind := range arrowKinds {
		groups := map[place][]Arrow{}
		for _, a := range t.Arrows {
			if a.Kind == kind {
				p := place{lane: a.From, to: a.To, bin: bin(a.Leaves)}
				groups[p] = append(groups[p], a)
			}
		}
		for _, p := range inOrder(groups) {
			group := groups[p]
			a := group[len(group)/2]
			if len(group) > 1 {
				a.Count = len(group)
				a.Text = fmt.Sprintf("%d arrows, %s: %s …", len(group), kind, group[0].Text)
			}
			out = append(out, a)
		}
	}
	return out
}
