package render

import "strings"

// LaTeX renders g as a tabular environment that needs no package.
func (g Grid) LaTeX() string {
	var b strings.Builder
	b.WriteString("\\begin{center}\n")
	if g.Caption != "" {
		b.WriteString(EscapeLaTeX(g.Caption) + "\\\\[1ex]\n")
	}
	b.WriteString("\\begin{tabular}{")
	for _, numeric := range g.Numeric {
		if numeric {
			b.WriteByte('r')
		} else {
			b.WriteByte('l')
		}
	}
	b.WriteString("}\n\\hline\n")
	latexRow(&b, g.Header)
	b.WriteString("\\hline\n")
	for _, r := range g.Rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = g.read(i, c)
		}
		latexRow(&b, cells)
	}
	b.WriteString("\\hline\n\\end{tabular}\n")
	for _, n := range g.Notes {
		b.WriteString("\n" + EscapeLaTeX(n) + "\n")
	}
	b.WriteString("\\end{center}")
	return b.String()
}

// latexRow writes one row. The empty group at its start keeps a cell that begins with * or [ from being read as an
// argument of the \\ before it.
func latexRow(b *strings.Builder, cells []string) {
	b.WriteString("{}")
	for i, c := range cells {
		if i > 0 {
			b.WriteString(" & ")
		}
		indent := len(c) - len(strings.TrimLeft(c, " "))
		b.WriteString(strings.Repeat("~", indent) + EscapeLaTeX(c[indent:]))
	}
	b.WriteString(" \\\\\n")
}

// latexEscapes maps each character that means something to LaTeX, or that its usual fonts lack, to what prints it.
var latexEscapes = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `&`, `\&`, `%`, `\%`, `$`, `\$`, `#`, `\#`, `_`, `\_`,
	`~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`, `<`, `\textless{}`, `>`, `\textgreater{}`, `|`, `\textbar{}`,
	`µ`, `$\mu$`, `…`, `\ldots{}`, `×`, `$\times$`, `→`, `$\rightarrow$`, `≤`, `$\leq$`, `±`, `$\pm$`,
	`└`, `$\llcorner$`, `├`, `$\vdash$`, `│`, `$|$`, `─`, `--`)

// EscapeLaTeX makes s stand for itself in LaTeX.
func EscapeLaTeX(s string) string { return latexEscapes.Replace(s) }
