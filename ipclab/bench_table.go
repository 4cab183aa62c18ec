package ipclab

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/mime"
)

// A BenchTable is what Bench measured: a row for each mechanism, style, size and placement.
type BenchTable struct {
	caption   string
	rows      []*BenchRow
	notes     []string
	withChart bool
}

// A BenchRow is what was measured of one mechanism in one style, with messages of one size, on one choice of processors. What
// was not measured is 0.
type BenchRow struct {
	Mechanism string    // or the name of the pair of functions
	Style     string    // "raw", "Go"; "" for functions of your own
	Size      int       // bytes in a message; 0 if unknown
	Placement Placement // as asked for
	CPUs      []int     // of client and server, one if it is the same; none: any

	Rounds            int           // processes made for it
	Trips             int           // round trips timed
	P50               time.Duration // of a round trip: the median over the rounds of each round's median
	Low, High         time.Duration // the 95 % confidence interval of P50; 0 for fewer than 6 rounds
	P90, P99, P999    time.Duration // of all round trips
	Max               time.Duration
	Medians           []float64 // of a round trip in each round, in nanoseconds
	PerSecond         float64   // messages one way in a second, median over the rounds
	RateLow, RateHigh float64   // its 95 % confidence interval; 0 for fewer than 6 rounds
	MBPerSecond       float64   // the same in millions of bytes
	PerMessage        []float64 // nanoseconds for a message one way, in each round

	// For each message, of both processes together:
	Calls        map[string]float64 // system calls by name, but those of the Go runtime for itself; nil if not counted
	Chance       []string           // calls that are not in Calls: their number is chance, as of who looks again until a message is there
	RuntimeCalls map[string]float64 // those of the Go runtime, for its scheduler and poller
	Voluntary    float64            // context switches because a process waited
	Involuntary  float64            // context switches because another's turn had come
	Faults       float64            // page faults
	Copies       float64            // how often each byte is copied; below 0 if unknown

	Interpreter time.Duration // what calling the interpreted functions of a round trip takes, by itself
	Batch       int           // round trips timed at once
	Overhead    time.Duration // of reading the clock, which is subtracted
	Noisy       bool          // the rounds differ too much to believe the figures

	times *bench.Distribution
}

// SystemCalls returns how many system calls a message takes, of both processes together: those that the mechanism needs, and
// beside these those that the Go runtime makes for itself. Calls whose number is chance are not among them, see Chance. ok is
// false if they were not counted.
func (r BenchRow) SystemCalls() (calls, runtime float64, ok bool) {
	return sumOf(r.Calls), sumOf(r.RuntimeCalls), r.Calls != nil
}

// Label names the row: "pipe (raw)".
func (r BenchRow) Label() string {
	if r.Style == "" {
		return r.Mechanism
	}
	return r.Mechanism + " (" + r.Style + ")"
}

// processors is where it ran, as text.
func (r BenchRow) processors() string {
	if len(r.CPUs) == 0 {
		return "any"
	}
	return strings.Trim(fmt.Sprint(r.CPUs), "[]")
}

// table makes the table of all that was measured.
func (b *benchRun) table(warnings []string) *BenchTable {
	t := &BenchTable{caption: "Messages between two processes"}
	var noisy []*subject
	for _, s := range b.subjects {
		if s.times == nil {
			continue
		}
		s.fill()
		if bench.TooFarApart(s.medians) {
			s.row.Noisy = true
			noisy = append(noisy, s)
		}
	}
	for _, r := range b.rows {
		if r.Rounds > 0 {
			t.rows = append(t.rows, r)
		}
	}
	if note := noiseNote(noisy); note != "" {
		warnings = append(warnings, note)
	}
	for _, w := range warnings {
		t.notes = append(t.notes, "Noisy: "+w)
	}
	t.notes = slices.Concat(t.notes, b.conditions(), b.lackOfTime(), b.notes)
	if note := t.chanceNote(); note != "" {
		t.notes = append(t.notes, note)
	}
	return t
}

// fill puts into the row what was measured of a subject.
func (s *subject) fill() {
	r, m := s.row, bench.MedianOf(s.medians)
	r.Rounds = max(r.Rounds, len(s.medians))
	if s.oneWay {
		r.PerMessage = s.medians
		r.PerSecond = bench.MedianOf(perSecond(s.medians)).Median
		r.MBPerSecond = r.PerSecond * float64(r.Size) / 1e6
		if m.Bounded() {
			r.RateLow, r.RateHigh = 1e9/m.High, 1e9/m.Low
		}
	} else {
		r.times, r.Trips, r.Batch, r.Medians = s.times, s.totals.trips, s.batch, s.medians
		r.Overhead = nanoseconds(s.clock)
		r.P50 = nanoseconds(m.Median)
		if m.Bounded() {
			r.Low, r.High = nanoseconds(m.Low), nanoseconds(m.High)
		}
		at := func(p float64) time.Duration { return nanoseconds(s.times.Percentile(p)) }
		r.P90, r.P99, r.P999, r.Max = at(90), at(99), at(99.9), at(100)
	}
	if !s.oneWay || r.Medians == nil {
		each := float64(len(s.medians)) * messagesIn(s.oneWay)
		r.Voluntary, r.Involuntary, r.Faults = s.sums.voluntary/each, s.sums.involuntary/each, s.sums.faults/each
	}
}

// perSecond returns how many messages go in a second if one takes so many nanoseconds.
func perSecond(nanoseconds []float64) (rates []float64) {
	for _, each := range nanoseconds {
		rates = append(rates, 1e9/each)
	}
	return rates
}

// Rows returns the rows as tidy data.
func (t *BenchTable) Rows() (rows []BenchRow) {
	if t == nil {
		return nil
	}
	for _, r := range t.rows {
		rows = append(rows, *r)
	}
	return rows
}

// Notes returns what the reader of the figures should know; warnings begin with "Noisy: ".
func (t *BenchTable) Notes() []string {
	if t == nil {
		return nil
	}
	return slices.Clone(t.notes)
}

// String returns the table as text; for Hierarchy, the chart comes after it.
func (t *BenchTable) String() string {
	if t.charted() {
		return t.Table().String() + "\n\n" + t.Chart().String()
	}
	return t.Table().String()
}

// MIMEBundle returns the table in all its representations; for Hierarchy, those as text and HTML have the chart after it.
func (t *BenchTable) MIMEBundle() mime.Bundle {
	bundle := t.Table().MIMEBundle()
	if !t.charted() {
		return bundle
	}
	bundle[mime.Plain] = t.String()
	if html, ok := bundle[mime.HTML].(string); ok {
		if picture, ok := t.Chart().MIMEBundle()[mime.SVG].(string); ok {
			bundle[mime.HTML] = html + "\n<div>" + picture + "</div>"
		}
	}
	return bundle
}

// charted reports whether the chart is shown with the table.
func (t *BenchTable) charted() bool { return t != nil && t.withChart && len(t.rows) > 0 }
