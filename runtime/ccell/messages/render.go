package messages

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// A Source is the text that was compiled, and the cell it is from.
type Source struct {
	Cell  string // its name
	First int    // the line of the cell in which Text begins
	Text  string
	File  string // the name by which the compiler knows it
}

// ANSI colours, which clients draw in tracebacks and streams.
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	bold   = "\x1b[1m"
	plain  = "\x1b[0m"
)

// most is how many messages are shown of a cell.
const most = 20

// Render words messages, a line each, with the lines of the source that they are about.
func (s Source) Render(list []Message) []string {
	var lines []string
	for i, m := range list {
		if i == most {
			return append(lines, fmt.Sprintf("… %d more", len(list)-most))
		}
		lines = append(lines, s.render(m)...)
	}
	return lines
}

// render words one message.
func (s Source) render(m Message) []string {
	place := s.place(m.File, m.Line)
	if place != "" && m.Column > 0 {
		place += fmt.Sprint(":", m.Column)
	}
	if place == "" {
		place = s.Cell
	}
	head := bold + place + ":" + plain + " "
	switch m.Severity {
	case Error:
		head += red + "error: " + m.Text + plain
	case Warning:
		head += yellow + "warning: " + plain + m.Text
	case Note:
		head += "note: " + m.Text
	default:
		head = m.Text
	}
	lines := []string{head}
	for _, from := range m.From {
		lines = append(lines, "    included in "+s.place(from.File, from.Line))
	}
	return append(lines, s.excerpt(m)...)
}

// place is where a message is: in the cell, or in another file. It is "" for nowhere.
func (s Source) place(file string, line int) string {
	switch {
	case s.isCell(file):
		file = s.Cell
	case file == "":
		return ""
	}
	if line == 0 {
		return file
	}
	return fmt.Sprint(file, ":", line)
}

// isCell tells whether a compiler means the cell. Debugging information, and so the
// linker, may know it as standard input, with the folder in front.
func (s Source) isCell(file string) bool {
	return file == s.File || file == "-" || filepath.Base(file) == "<stdin>"
}

// excerpt is the line that a message is about, with a caret below the column.
func (s Source) excerpt(m Message) []string {
	text, ok := s.line(m)
	if !ok || strings.TrimSpace(text) == "" {
		return nil
	}
	lines := []string{"    " + text}
	if m.Column > 0 && m.Column <= len(text)+1 {
		color := red
		if m.Severity != Error {
			color = bold
		}
		lines = append(lines, "    "+indent(text[:m.Column-1])+color+"^"+plain)
	}
	return lines
}

// longest is how long a line may be that is shown, in bytes.
const longest = 300

// line finds the text of a message's line.
func (s Source) line(m Message) (string, bool) {
	text, number := s.Text, m.Line-s.First
	if !s.isCell(m.File) {
		if m.File == "" || m.Line == 0 {
			return "", false
		}
		content, err := os.ReadFile(m.File)
		if err != nil {
			return "", false
		}
		text, number = string(content), m.Line-1
	}
	for line := range strings.Lines(text) {
		if number == 0 {
			line = strings.TrimRight(line, "\r\n")
			return line, len(line) <= longest && utf8.ValidString(line)
		}
		number--
	}
	return "", false
}

// indent is white space as wide as text.
func indent(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, text)
}
