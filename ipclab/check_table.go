package ipclab

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ipclab/ipclab/grade"
	"ipclab/ipclab/mime"
)

// A CheckTable is the results of checks.
type CheckTable struct{ rows []CheckRow }

// A CheckRow is the result of one check.
type CheckRow struct {
	Name    string
	Passed  bool
	Points  float64       // that it was worth
	Of      float64       // that it could have been worth
	Reason  string        // why it has failed, in lines
	Log     []string      // what it has noted
	Stderr  string        // what its processes wrote to standard error, as far as it was kept
	Elapsed time.Duration // how long it took
	failed  bool
	credit  float64
}

// fail notes a reason.
func (r *CheckRow) fail(reason string) {
	r.failed = true
	if reason != "" && r.Reason != "" {
		r.Reason += "\n"
	}
	r.Reason += reason
}

// settle gives points, adds the row to the score of the cell and prints it.
func (r *CheckRow) settle() *CheckTable {
	switch {
	case !r.failed:
		r.Passed, r.Points = true, r.Of
	case r.credit > 0:
		r.Points = min(r.credit, max(r.Of, 0))
	}
	if math.IsNaN(r.Of) || r.Of < 0 || math.IsInf(r.Of, 0) {
		r.Of = 0
	}
	t := addToScore(*r)
	fmt.Fprintln(os.Stdout, r.line())
	return t
}

// line is the result in a line of text, or several for a failure.
func (r *CheckRow) line() string {
	text := fmt.Sprintf("%s: %s, %s of %s points", r.result(), r.Name, pointsText(r.Points), pointsText(r.Of))
	for _, part := range []string{r.Reason, strings.Join(r.Log, "\n"), shorten(r.Stderr, mostNoteText)} {
		for line := range strings.Lines(part) {
			if !r.Passed {
				text += "\n    " + strings.TrimRight(line, "\n")
			}
		}
	}
	return text
}

// result is "passed" or "failed".
func (r *CheckRow) result() string {
	if r.Passed {
		return "passed"
	}
	return "failed"
}

// pointsText writes points: "2", "0.5". A sum of tenths must not be more than the same sum written down.
func pointsText(x float64) string {
	const parts = 1e6
	return strconv.FormatFloat(math.Round(x*parts)/parts, 'f', -1, 64)
}

// scoring is held while a row is added.
var scoring sync.Mutex

// addToScore adds a row and returns the whole.
func addToScore(row CheckRow) *CheckTable {
	scoring.Lock()
	defer scoring.Unlock()
	before := currentScore()
	t := &CheckTable{rows: append(slices.Clone(before.rows), row)}
	grade.Set(t)
	return t
}

// currentScore returns the checks of this cell.
func currentScore() *CheckTable {
	if t, ok := grade.Get().(*CheckTable); ok {
		return t
	}
	return &CheckTable{}
}

// Rows returns a row for each check, in order.
func (t *CheckTable) Rows() []CheckRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Points returns the sum of the points that the checks were worth.
func (t *CheckTable) Points() (sum float64) {
	for _, r := range t.Rows() {
		sum += r.Points
	}
	return sum
}

// Of returns the sum of the points that the checks could have been worth.
func (t *CheckTable) Of() (sum float64) {
	for _, r := range t.Rows() {
		sum += r.Of
	}
	return sum
}

// Table returns the results as a table.
func (t *CheckTable) Table() *Table {
	table := NewTable("check", "result", "points", "of", "time", "reason").Units("", "", "", "", "ms")
	for _, r := range t.Rows() {
		reason, rest, _ := strings.Cut(r.Reason, "\n")
		table.Row(r.Name, r.result(), pointsText(r.Points), pointsText(r.Of), r.Elapsed, reason)
		if rest != "" {
			table.Note(r.Name + ": " + rest)
		}
	}
	return table.Note(fmt.Sprintf("%s of %s points.", pointsText(t.Points()), pointsText(t.Of())))
}

// String returns the results as text.
func (t *CheckTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations but the plain text, which is the sum of the points alone, as
// nbgrader reads it.
func (t *CheckTable) MIMEBundle() mime.Bundle {
	b := t.Table().MIMEBundle()
	b[mime.Plain] = pointsText(t.Points())
	return b
}
