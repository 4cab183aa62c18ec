package render

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Plain renders g with columns set apart by spaces and a rule under the headings, for terminals and for reading alone.
func (g Grid) Plain() string {
	w := g.writer(func(s string) string { return s })
	w.SetStyle(plainStyle())
	w.SuppressTrailingSpaces()
	return join("\n", g.Caption, w.Render(), strings.Join(g.Notes, "\n"))
}

// Markdown renders g as a pipe table of GitHub Flavored Markdown.
func (g Grid) Markdown() string {
	notes := make([]string, len(g.Notes))
	for i, n := range g.Notes {
		notes[i] = escapeMarkdown(n)
	}
	caption := ""
	if g.Caption != "" {
		caption = "**" + escapeMarkdown(g.Caption) + "**"
	}
	g.Rows = slices.Clone(g.Rows)
	for r, cells := range g.Rows {
		g.Rows[r] = slices.Clone(cells)
		for i, c := range cells {
			g.Rows[r][i] = g.read(i, c)
		}
	}
	return join("\n\n", caption, g.writer(escapeMarkdown).RenderMarkdown(), strings.Join(notes, "  \n"))
}

// writer fills a go-pretty table with the cells of g, each passed through escape.
func (g Grid) writer(escape func(string) string) table.Writer {
	w := table.NewWriter()
	w.AppendHeader(row(g.Header, escape))
	for _, r := range g.Rows {
		w.AppendRow(row(r, escape))
	}
	var columns []table.ColumnConfig
	for i, numeric := range g.Numeric {
		align := text.AlignDefault
		if numeric {
			align = text.AlignRight
		}
		columns = append(columns, table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align})
	}
	w.SetColumnConfigs(columns)
	return w
}

// row converts cells to go-pretty's kind of row.
func row(cells []string, escape func(string) string) table.Row {
	out := make(table.Row, len(cells))
	for i, c := range cells {
		out[i] = escape(c)
	}
	return out
}

// plainStyle has no frame, two spaces between columns and headings as they were written.
func plainStyle() table.Style {
	s := table.StyleLight
	s.Options = table.Options{SeparateHeader: true}
	s.Box.PaddingLeft, s.Box.PaddingRight = "", "  "
	s.Format.Header = text.FormatDefault
	return s
}

// markdownEscapes lists what Markdown would read as markup; go-pretty escapes the column separator itself.
var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
	`<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`, `$`, `\$`, `~`, `\~`)

// escapeMarkdown makes s stand for itself in Markdown.
func escapeMarkdown(s string) string { return markdownEscapes.Replace(s) }

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, separator)
}
