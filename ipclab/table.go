package ipclab

import (
	"slices"

	"ipclab/ipclab/internal/render"
	"ipclab/ipclab/mime"
)

// tableLimit is how many rows a table shows unless Limit says otherwise.
const tableLimit = 60

// A Table is columns with names and units, and rows of values. A cell that ends in one shows it; Display shows it at
// once; String gives it as text.
//
// Numbers are set flush right, to three significant digits at least: a column of them with one number of decimals, unless
// they are so far apart that it would be more than seven digits for the largest. Durations are converted to the unit of
// their column. In a column with a unit, commas set the thousands apart, but not in plain text, which programs read too.
// Long tables are cut in the middle, with a note that says how many rows are missing.
//
// Methods that add to a table return it, so that calls can be chained. A table is for one goroutine at a time.
type Table struct {
	columns []string
	units   []string
	rows    [][]any
	caption string
	notes   []string
	limit   int
}

// NewTable returns an empty table with the given column headings.
func NewTable(columns ...string) *Table {
	return &Table{columns: append([]string{}, columns...), limit: tableLimit}
}

// Units gives the units of the columns, from the first on; "" is a column without. A unit is added to its heading.
// Durations in a column whose unit is ns, µs, ms or s are converted to it.
func (t *Table) Units(units ...string) *Table {
	if t != nil {
		t.units = append([]string{}, units...)
	}
	return t
}

// Row adds a row. Missing values leave their cells empty; values beyond the last column get columns without heading.
func (t *Table) Row(values ...any) *Table {
	if t == nil {
		return t
	}
	for len(t.columns) < len(values) {
		t.columns = append(t.columns, "")
	}
	t.rows = append(t.rows, append([]any{}, values...))
	return t
}

// Caption sets the text above the table.
func (t *Table) Caption(text string) *Table {
	if t != nil {
		t.caption = text
	}
	return t
}

// Note adds a line below the table; one that is there already is not repeated.
func (t *Table) Note(text string) *Table {
	if t != nil && !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
	return t
}

// Limit sets how many rows are shown, 60 unless it is called; fewer than 3 means all.
func (t *Table) Limit(rows int) *Table {
	if t != nil {
		t.limit = rows
	}
	return t
}

// Len returns the number of rows.
func (t *Table) Len() int {
	if t == nil {
		return 0
	}
	return len(t.rows)
}

// String returns the table as text, columns aligned by spaces.
func (t *Table) String() string { return t.grid().Plain() }

// MIMEBundle returns the table as text/plain, text/html, text/markdown and text/latex.
func (t *Table) MIMEBundle() mime.Bundle { return t.grid().Bundle() }

// grid formats the values, column by column.
func (t *Table) grid() render.Grid {
	if t == nil {
		t = NewTable()
	}
	g := render.Grid{Caption: render.Clean(t.caption), Rows: make([][]string, len(t.rows))}
	for _, note := range t.notes {
		g.Notes = append(g.Notes, render.CleanNote(note))
	}
	for r := range g.Rows {
		g.Rows[r] = make([]string, len(t.columns))
	}
	for c := range t.columns {
		c := t.column(c)
		g.Header = append(g.Header, c.heading())
		cells, numeric := c.format()
		g.Numeric = append(g.Numeric, numeric)
		g.Quantity = append(g.Quantity, numeric && c.unit != "") // other numbers may be those of processes or ports
		for r, text := range cells {
			g.Rows[r][c.index] = text
		}
	}
	return g.Cut(t.limit)
}

// column gathers column i.
func (t *Table) column(i int) column {
	c := column{index: i, name: t.columns[i], values: make([]any, len(t.rows))}
	if i < len(t.units) {
		c.unit = t.units[i]
	}
	for r, row := range t.rows {
		if i < len(row) {
			c.values[r] = row[i]
		}
	}
	return c.withUnit()
}
