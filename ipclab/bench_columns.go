package ipclab

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A benchColumn is one column of the table of Bench.
type benchColumn struct {
	name, unit string
	value      func(*BenchRow) any
}

// has reports whether any row has what want asks for.
func (t *BenchTable) has(want func(*BenchRow) bool) bool { return slices.ContainsFunc(t.rows, want) }

// columns returns those that have something to show.
func (t *BenchTable) columns() (list []benchColumn) {
	list = []benchColumn{{"mechanism", "", func(r *BenchRow) any { return r.Mechanism }}}
	if t.has(func(r *BenchRow) bool { return r.Style != "" }) {
		list = append(list, benchColumn{"style", "", func(r *BenchRow) any { return r.Style }})
	}
	list = append(list,
		benchColumn{"size", "bytes", func(r *BenchRow) any { return positive(r.Size) }},
		benchColumn{"CPUs", "", func(r *BenchRow) any { return r.processors() }})
	if t.has(func(r *BenchRow) bool { return r.Trips > 0 }) {
		list = append(list, t.timeColumns()...)
	}
	if t.has(func(r *BenchRow) bool { return r.PerSecond > 0 }) {
		list = append(list,
			benchColumn{"throughput", "messages/s", func(r *BenchRow) any { return positive(int(r.PerSecond)) }},
			benchColumn{"", "MB/s", func(r *BenchRow) any { return shown(r.PerSecond > 0, threeDigits(r.MBPerSecond)) }})
	}
	if t.has(func(r *BenchRow) bool { return r.Interpreter > 0 }) {
		list = append(list, benchColumn{"of p50, interpreter's calls", "µs", func(r *BenchRow) any { return shown(r.Interpreter > 0, r.Interpreter) }})
	}
	return append(list, t.kernelColumns()...)
}

// timeColumns are those of round trips.
func (t *BenchTable) timeColumns() []benchColumn {
	at := func(name string, d func(*BenchRow) time.Duration) benchColumn {
		return benchColumn{name, "µs", func(r *BenchRow) any { return shown(r.Trips > 0, d(r)) }}
	}
	list := []benchColumn{at("p50", func(r *BenchRow) time.Duration { return r.P50 })}
	if t.has(func(r *BenchRow) bool { return r.Low > 0 }) {
		list = append(list, benchColumn{"± of it", "%", func(r *BenchRow) any {
			const most = 999
			return shown(r.Low > 0, min(threeDigits(50*float64(r.High-r.Low)/float64(max(r.P50, 1))), most))
		}})
	}
	return append(list,
		at("p90", func(r *BenchRow) time.Duration { return r.P90 }),
		at("p99", func(r *BenchRow) time.Duration { return r.P99 }),
		at("p99.9", func(r *BenchRow) time.Duration { return r.P999 }),
		at("max", func(r *BenchRow) time.Duration { return r.Max }))
}

// kernelColumns are what the kernel did for each message.
func (t *BenchTable) kernelColumns() (list []benchColumn) {
	if t.has(func(r *BenchRow) bool { return r.Calls != nil }) {
		list = append(list, benchColumn{"system calls", "", func(r *BenchRow) any {
			calls, _, ok := r.SystemCalls()
			return shown(ok, rounded(calls))
		}})
	}
	if t.has(func(r *BenchRow) bool { return len(r.Chance) > 0 }) {
		list = append(list, benchColumn{"by chance too", "", func(r *BenchRow) any { return strings.Join(r.Chance, ", ") }})
	}
	if t.has(func(r *BenchRow) bool { return r.RuntimeCalls != nil && r.Style != RawStyle.String() }) {
		list = append(list, benchColumn{"Go runtime's", "", func(r *BenchRow) any {
			_, runtime, ok := r.SystemCalls()
			return shown(ok, rounded(runtime))
		}})
	}
	return append(list,
		benchColumn{"switches, voluntary", "", func(r *BenchRow) any { return rounded(r.Voluntary) }},
		benchColumn{"involuntary", "", func(r *BenchRow) any { return rounded(r.Involuntary) }},
		benchColumn{"page faults", "", func(r *BenchRow) any { return rounded(r.Faults) }},
		benchColumn{"copies", "", func(r *BenchRow) any { return shown(r.Copies >= 0, r.Copies) }})
}

// Table returns the rows as a table. The last columns are for each message, of both processes together.
func (t *BenchTable) Table() *Table {
	if t == nil {
		return NewTable()
	}
	columns := t.columns()
	var names, units []string
	for _, c := range columns {
		names, units = append(names, c.name), append(units, c.unit)
	}
	table := NewTable(names...).Units(units...).Caption(t.caption).Limit(0)
	for _, r := range t.rows {
		var row []any
		for _, c := range columns {
			row = append(row, c.value(r))
		}
		table.Row(row...)
	}
	for _, note := range t.notes {
		table.Note(note)
	}
	return table
}

// shown is a value, or an empty cell.
func shown(is bool, value any) any {
	if !is {
		return nil
	}
	return value
}

// positive is a number, or an empty cell.
func positive(n int) any { return shown(n > 0, n) }

// threeDigits keeps what is worth showing.
func threeDigits(f float64) float64 {
	if f == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(f)))-2)
	return math.Round(f/unit) * unit
}

// roundsText is "6 to 8 rounds" or, if all had as many, "6 rounds".
func roundsText(least, most int) string {
	switch {
	case least < most:
		return fmt.Sprintf("%d to %d rounds", least, most)
	case most == 1:
		return "1 round"
	}
	return fmt.Sprintf("%d rounds", most)
}

// conditions are notes on how all was measured.
func (b *benchRun) conditions() (notes []string) {
	rounds, warm, unsteady, least, most, trips := 0, 0, []string{}, 0, 0, false
	var batched, late []string
	clock := 0.0
	for _, s := range b.subjects {
		if s.times == nil {
			continue
		}
		n := len(s.medians)
		rounds += n
		if least == 0 || n < least {
			least = n
		}
		most = max(most, n)
		warm += s.totals.warmUp
		trips = trips || !s.oneWay
		clock = s.clock
		if s.totals.unsteady*2 > n {
			unsteady = append(unsteady, s.label())
		}
		if s.batch > 1 {
			batched = append(batched, fmt.Sprintf("%s %d", s.label(), s.batch))
		}
		if s.totals.late > 0 {
			late = append(late, fmt.Sprintf("%s %d of %d", s.label(), s.totals.late, s.totals.trips))
		}
	}
	if rounds == 0 {
		return nil
	}
	notes = append(notes, fmt.Sprintf("%s in turns, each by two processes of its own; %d trips to warm up are not counted. The last columns are for each message.",
		roundsText(least, most), warm))
	if least < benchLeast {
		notes = append(notes, fmt.Sprintf("Fewer than %d rounds tell no confidence interval.", benchLeast))
	}
	if trips {
		notes = append(notes, fmt.Sprintf("Reading the clock takes %.0f ns, which are subtracted from each time.", clock))
	}
	if len(batched) > 0 {
		notes = append(notes, "Too short to be timed singly; so many trips at once, of which percentiles are means: "+strings.Join(batched, ", ")+".")
	}
	if b.options.Rate > 0 {
		notes = append(notes, fmt.Sprintf("%g requests are due in a second; times count from when a request was due.", b.options.Rate))
	}
	if len(late) > 0 {
		notes = append(notes, "Requests that had to wait for the answer to another: "+strings.Join(late, ", ")+".")
	}
	if len(unsteady) > 0 {
		notes = append(notes, fmt.Sprintf("Noisy: the pace was not steady yet when warming up had taken its share of the time: %s. A longer Limit gives it longer.", listed(unsteady)))
	}
	return notes
}
