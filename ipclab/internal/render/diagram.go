package render

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Diagram is processes, what connects them, and the descriptors by which they hold it.
type Diagram struct {
	Title    string
	Boxes    []Box // the processes, left to right
	Channels []Channel
	Links    []Link
	Notes    []string
}

// A Box is one process.
type Box struct {
	Name  string
	Lines []string // what else it has open
}

// A Channel is a pipe, a connection or a file.
type Channel struct {
	Name  string
	About string // below it, where something is to be said
}

// A Link is a descriptor of a process for a channel.
type Link struct {
	Box, Channel  int
	Number        int
	Reads, Writes bool
}

// noProcess is what an empty diagram says.
const noProcess = "There is no process."

// Plain renders the diagram as text: for each channel, who writes on the left and who reads on the right.
func (d Diagram) Plain() string {
	if len(d.Boxes) == 0 {
		return join("\n", Clean(d.Title), noProcess)
	}
	parts := []string{Clean(d.Title)}
	for i := range d.Channels {
		parts = append(parts, d.plainChannel(i))
	}
	for _, b := range d.Boxes {
		if len(b.Lines) > 0 {
			parts = append(parts, Clean(b.Name)+": "+CleanNote(strings.Join(b.Lines, "; ")))
		}
	}
	for _, n := range d.Notes {
		parts = append(parts, CleanNote(n))
	}
	return join("\n", parts...)
}

// plainChannel draws one channel.
func (d Diagram) plainChannel(i int) string {
	var left, right []string
	for _, l := range d.Links {
		if l.Channel != i {
			continue
		}
		if l.Writes {
			left = append(left, fmt.Sprintf("%s [%d] ─→", clean(d.Boxes[l.Box].Name, 34), l.Number))
		}
		if l.Reads {
			right = append(right, fmt.Sprintf("─→ [%d] %s", l.Number, clean(d.Boxes[l.Box].Name, 34)))
		}
	}
	name := clean(d.Channels[i].Name, 60)
	left, right = orNobody(left, "nobody writes   "), orNobody(right, "   nobody reads")
	widest := 0
	for _, s := range left {
		widest = max(widest, utf8.RuneCountInString(s))
	}
	var rows []string
	for k := range max(len(left), len(right)) {
		l, middle, r := "", strings.Repeat(" ", utf8.RuneCountInString(name)), ""
		if k < len(left) {
			l = left[k]
		}
		if k == 0 {
			middle = name
		}
		if k < len(right) {
			r = right[k]
		}
		l += strings.Repeat(" ", widest-utf8.RuneCountInString(l))
		rows = append(rows, strings.TrimRight(fmt.Sprintf("%s │ %s │ %s", l, middle, r), " "))
	}
	if about := d.Channels[i].About; about != "" {
		rows = append(rows, strings.Repeat(" ", widest)+"   "+Clean(about))
	}
	return strings.Join(rows, "\n") + "\n"
}

func orNobody(ends []string, nobody string) []string {
	if len(ends) == 0 {
		return []string{nobody}
	}
	return ends
}
