// Package sheet shows rows of text as ipclab shows tables, for the program that evaluates cells.
//
// It is not ipclab.Table, which has all its rows and formats their values: a sheet has only the rows that are shown, of
// values that may be far too many to look at, and the caller has made text of them.
//
// The hazard: the cells of a sheet need not be clean, its size must be bounded by the caller.
package sheet

import (
	"ipclab/ipclab/internal/render"
	"ipclab/ipclab/mime"
)

// A Sheet is a table of which some rows may be left out.
type Sheet struct {
	Header  []string
	Numeric []bool     // columns that are set flush right; as long as Header
	Rows    [][]string // the rows that are shown, each as long as Header
	Gap     int        // before which of them rows are left out
	Missing int        // how many
	Notes   []string   // below the table
}

// MIMEBundle returns the table as text/plain, text/html, text/markdown and text/latex.
func (s Sheet) MIMEBundle() mime.Bundle { return s.grid().Bundle() }

// String returns the table as text.
func (s Sheet) String() string { return s.grid().Plain() }

func (s Sheet) grid() render.Grid {
	g := render.Grid{Header: clean(s.Header), Numeric: s.Numeric, Rows: make([][]string, len(s.Rows))}
	for i, r := range s.Rows {
		g.Rows[i] = clean(r)
	}
	if s.Missing > 0 {
		g = g.Leave(s.Gap, s.Missing)
	}
	g.Notes = append(g.Notes, clean(s.Notes)...)
	return g
}

func clean(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = render.Clean(t)
	}
	return out
}
