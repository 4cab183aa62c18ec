package ipclab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ipclab/ipclab/internal/bench"
)

// noiseNote says of which rows the rounds differ too much to quote a median, those that differ most first, and what to do.
func noiseNote(noisy []*subject) string {
	const most, percent = 4, 100
	if len(noisy) == 0 {
		return ""
	}
	byMost := slices.SortedStableFunc(slices.Values(noisy), func(a, b *subject) int {
		return cmp.Compare(bench.Spread(b.medians), bench.Spread(a.medians))
	})
	var names []string
	for _, s := range byMost[:min(len(byMost), most)] {
		by := fmt.Sprintf("%.0f %%", percent*bench.Spread(s.medians))
		if bench.Spread(s.medians) > 1 {
			by = "more than 100 %"
		}
		names = append(names, s.label()+" by "+by)
	}
	if more := len(byMost) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more by less", more))
	}
	return fmt.Sprintf("From round to round the median differs: %s. Do not quote these p50: close what else runs and measure again, or give a longer Limit for more rounds.",
		strings.Join(names, ", "))
}

// chanceNote names the calls whose number is chance.
func (t *BenchTable) chanceNote() string {
	var rows []string
	for _, r := range t.rows {
		if text := r.Label() + " " + strings.Join(r.Chance, " and "); len(r.Chance) > 0 && !slices.Contains(rows, text) {
			rows = append(rows, text)
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return fmt.Sprintf("How often some calls are made is chance, and not counted: %s. Who waits there looks again and again, or sleeps only if nothing has come yet.",
		strings.Join(rows, ", "))
}

// listed names rows: all or, where they are many, how many beside the first.
func listed(names []string) string {
	const most = 8
	if more := len(names) - most; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// lackOfTime says what there was not time for: rows without any round, or with one alone.
func (b *benchRun) lackOfTime() (notes []string) {
	var none, one []string
	for _, s := range b.subjects {
		switch {
		case s.times == nil && !s.failed:
			none = append(none, s.label())
		case len(s.medians) == 1 && b.options.Rounds > 1:
			one = append(one, s.label())
		}
	}
	slices.Sort(none)
	slices.Sort(one)
	if none = slices.Compact(none); len(none) > 0 {
		notes = append(notes, fmt.Sprintf("There was no time to measure %s; a longer Limit gives it.", strings.Join(none, ", ")))
	}
	if one = slices.Compact(one); len(one) > 0 {
		notes = append(notes, fmt.Sprintf("There was time for one round only of %s: what one pair of processes did may be chance. A longer Limit gives more.", listed(one)))
	}
	return notes
}
