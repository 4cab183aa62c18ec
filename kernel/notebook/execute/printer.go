package execute

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ipclab/kernel/notebook"
)

// printer shows a run as text: a line when a cell begins and one when it ends,
// its outputs between them.
type printer struct {
	out     io.Writer
	color   bool
	start   time.Time
	midLine bool // the last character printed was not a newline
}

// widestTitle is how much of a cell's first line is shown, in characters.
const widestTitle = 60

// begin announces cell number i of n.
func (p *printer) begin(i, n int, c *notebook.Cell) {
	title := c.FirstLine()
	if utf8.RuneCountInString(title) > widestTitle {
		title = string([]rune(title)[:widestTitle-1]) + "…"
	}
	p.line(p.bold(fmt.Sprintf("%s %s", counter(i, n), title)))
}

// end says how long the cell took.
func (p *printer) end(i, n int, took time.Duration, failed bool) {
	word := "done"
	if failed {
		word = "FAILED"
	}
	p.line(fmt.Sprintf("%s %s in %v, %v since the start\n", counter(i, n), word, short(took), short(time.Since(p.start))))
}

func counter(i, n int) string {
	total := fmt.Sprint(n)
	return fmt.Sprintf("[%*d/%s]", len(total), i, total)
}

// short leaves three digits or so of a duration.
func short(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}

// output prints an output as it comes.
func (p *printer) output(o *output) {
	if o.stream != "" {
		p.print(o.text.String())
		return
	}
	if o.fields["output_type"] == "error" {
		p.line(errorText(o.fields))
		return
	}
	data, _ := o.fields["data"].(map[string]any)
	p.line(bundleText(data))
}

// bundleText gives the representation that reads best as text, or the names of
// those there are.
func bundleText(data map[string]any) string {
	for _, mime := range []string{"text/plain", "text/markdown", "text/latex"} {
		if text, ok := notebook.Join(data[mime]); ok {
			return text
		}
	}
	return "<" + strings.Join(slices.Sorted(maps.Keys(data)), ", ") + ">"
}

func errorText(fields map[string]any) string {
	lines, _ := fields["traceback"].([]any)
	if len(lines) == 0 {
		return fmt.Sprintf("%v: %v", fields["ename"], fields["evalue"])
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprint(&b, line)
	}
	return b.String()
}

// line prints text on lines of its own.
func (p *printer) line(text string) {
	if p.midLine {
		p.print("\n")
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	p.print(text)
}

// ansi matches the escape sequences that colour text (ECMA-48, SGR).
var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (p *printer) print(text string) {
	if text == "" {
		return
	}
	if !p.color && strings.Contains(text, "\x1b") {
		text = ansi.ReplaceAllString(text, "")
	}
	io.WriteString(p.out, text) // what cannot be printed is in the notebook still
	p.midLine = !strings.HasSuffix(text, "\n")
}

func (p *printer) bold(s string) string {
	if p.color {
		return "\x1b[1m" + s + "\x1b[0m"
	}
	return s
}
