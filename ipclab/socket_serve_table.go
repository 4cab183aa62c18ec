package ipclab

import (
	"fmt"
	"slices"

	"ipclab/ipclab/mime"
)

// Rows returns the connections in the order in which they were accepted, as tidy data.
func (t *ServeTable) Rows() []ServeRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// AtOnce returns how many children ran at the same time, at most.
func (t *ServeTable) AtOnce() int {
	if t == nil {
		return 0
	}
	return t.atOnce
}

// Table returns the connections as a table, with a note on children that failed.
func (t *ServeTable) Table() *Table {
	table := NewTable("connection", "from", "child", "ended", "took").Caption("Connections of a forking server")
	failed := 0
	for i, r := range t.Rows() {
		table.Row(i+1, r.From, r.Pid, r.Status, r.Took)
		if r.Status.ExitCode() != 0 {
			failed++
		}
	}
	table.Note(fmt.Sprintf("At most %d children ran at the same time. All have been waited for.", t.AtOnce()))
	if failed > 0 {
		table.Note(fmt.Sprintf("%d of %d children failed.", failed, len(t.Rows())))
	}
	return table
}

// String returns the table as text.
func (t *ServeTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *ServeTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
