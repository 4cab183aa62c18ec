// Package render draws a grid of text cells as plain text, Markdown, HTML and LaTeX.
//
// It is not a table type: values are already text when they come here, and which columns hold numbers is known.
//
// The hazard: cells hold what programs wrote (file names, command lines). Every renderer escapes them for its format,
// after Clean has made control characters visible.
package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ipclab/ipclab/mime"
)

// A Grid is a table as text.
type Grid struct {
	Caption  string     // above the table; may be empty
	Header   []string   // one heading a column
	Numeric  []bool     // columns that are set flush right; as long as Header
	Quantity []bool     // numeric columns whose thousands are set apart, but for plain text; may be shorter
	Rows     [][]string // each as long as Header
	Notes    []string   // below the table
}

// read returns cell i of a row as a person reads it.
func (g Grid) read(i int, text string) string {
	if i < len(g.Quantity) && g.Quantity[i] {
		return Thousands(text)
	}
	return text
}

// maxCell bounds the width of a cell in runes; a longer text ends in an ellipsis.
const maxCell = 160

// maxNote bounds a note.
const maxNote = 1000

// Clean makes s fit for a cell: one line, valid UTF-8, no control characters, bounded length.
func Clean(s string) string { return clean(s, maxCell) }

// CleanNote is Clean for a note below a table, which may be a few sentences.
func CleanNote(s string) string { return clean(s, maxNote) }

func clean(s string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > most {
			b.WriteRune('…')
			break
		}
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r == utf8.RuneError:
			b.WriteRune('\uFFFD')
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// Cut shortens g to at most limit rows, the first four fifths and the last fifth of it with a row of dots between
// them, and adds a note of how many are missing. A limit below 3 leaves g as it is.
func (g Grid) Cut(limit int) Grid {
	if limit < 3 || len(g.Rows) <= limit {
		return g
	}
	tail := limit / 5
	head := limit - tail - 1
	missing := len(g.Rows) - head - tail
	rows := append(append([][]string{}, g.Rows[:head]...), g.Rows[len(g.Rows)-tail:]...)
	g.Rows = rows
	return g.Leave(head, missing)
}

// Leave puts a row of dots before row at, for so many missing rows that are not in g, and adds a note that says so.
func (g Grid) Leave(at, missing int) Grid {
	dots := make([]string, len(g.Header))
	for i := range dots {
		dots[i] = "…"
	}
	note := fmt.Sprintf("%d of %d rows are not shown.", missing, len(g.Rows)+missing)
	g.Rows = slices.Insert(slices.Clone(g.Rows), at, dots)
	g.Notes = append(slices.Clone(g.Notes), note)
	return g
}

// Bundle renders g in every format.
func (g Grid) Bundle() mime.Bundle {
	return mime.Bundle{mime.Plain: g.Plain(), mime.HTML: g.HTML(), mime.Markdown: g.Markdown(), mime.LaTeX: g.LaTeX()}
}
