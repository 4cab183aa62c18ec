package magic

import (
	"strings"

	"ipclab/runtime/cell"
)

// Mask blanks out everything that is not Go. Offsets and lines stay what they
// are.
func Mask(code string) string {
	if l, ok := cellLine(code); ok {
		m, ok := find(word(l))
		if !ok || !m.wraps {
			return blank(code)
		}
		return blank(code[:l.end]) + Mask(code[l.end:])
	}
	var b strings.Builder
	from := 0
	for _, l := range linesOf(code) {
		b.WriteString(code[from:l.start])
		b.WriteString(blank(code[l.start:l.end]))
		from = l.end
	}
	b.WriteString(code[from:])
	return b.String()
}

func word(l line) string {
	w, _ := l.word()
	return w
}

// blank replaces every byte but newlines by a space.
func blank(code string) string {
	text := []byte(code)
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
	return string(text)
}

// Complete finds what the magic at cursor, a byte offset, may be going to be.
// ok is false where the cursor is in Go.
func Complete(code string, cursor int) (c cell.Completion, ok bool) {
	l, where := at(code[:cursor])
	c = cell.Completion{Start: cursor, End: cursor}
	switch where {
	case inGo:
		return c, false
	case inMagic:
		_, first := cellLine(code)
		first = first || strings.TrimSpace(code[:l.start]) == ""
		typed, isArgument := typedWord(l)
		c.Start = cursor - len(typed)
		if m, _ := find(word(l)); isArgument {
			c.Matches = completeOption(m, typed)
		}
		for _, m := range all() {
			switch {
			case isArgument && word(l) != "%help",
				!isArgument && (m.Word == shellSign || m.isCell() && !first || !m.isCell() && l.sign == cellSign):
			case strings.HasPrefix(m.name(), name(typed)):
				c.Matches = append(c.Matches, cell.Match{Text: m.Word, Type: "magic", Signature: m.Short})
			}
		}
	}
	return c, true
}

// typedWord is the word that ends a line, and whether it is an argument of the
// line's magic.
func typedWord(l line) (typed string, isArgument bool) {
	if i := strings.LastIndexAny(l.text, " \t"); i >= 0 {
		return l.text[i+1:], true
	}
	return l.sign + l.text, false
}

// Inspect describes the magic in whose line the cursor is. ok is false where
// the cursor is in Go; text is "" where there is nothing to say.
func Inspect(code string, cursor int) (text string, ok bool) {
	l, where := at(code[:cursor])
	switch where {
	case inGo:
		return "", false
	case inMagic:
		whole := lineAt(code, l.start)
		if m, ok := find(word(whole)); ok {
			text = m.describe()
		}
	}
	return text, true
}

// Where a cursor is.
const (
	inGo = iota
	inMagic
	inShell
)

// at tells where the end of a text is; the line is that of the magic.
func at(text string) (l line, where int) {
	if l, ok := cellLine(text); ok {
		m, _ := find(word(l))
		switch {
		case l.end == len(text):
			return l, inMagic
		case !m.wraps:
			return line{}, inShell
		}
		text = blank(text[:l.end]) + text[l.end:]
		return at(text)
	}
	lines := linesOf(text)
	if len(lines) == 0 || lines[len(lines)-1].end < len(text) {
		return line{}, inGo
	}
	l = lines[len(lines)-1]
	if l.sign == shellSign {
		return line{}, inShell
	}
	return l, inMagic
}

// IsComplete tells an editor whether a cell can run as it is, as
// cell.IsComplete does. A cell magic goes on until a blank line, a shell command
// behind a backslash.
func IsComplete(code string) (status, indent string) {
	if _, ok := question(code); ok {
		return "complete", ""
	}
	if l, ok := cellLine(code); ok {
		status, indent := cellStatus(code)
		if status == "complete" && word(l) == cWord && openC(code[l.end:]) {
			return "incomplete", ""
		}
		return status, indent
	}
	lines := linesOf(code)
	if n := len(lines); n > 0 && lines[n-1].sign == shellSign && strings.HasSuffix(code[:lines[n-1].end], `\`) {
		return "incomplete", ""
	}
	return cell.IsComplete(Mask(code))
}

// cellStatus is the state of a cell magic: a last line that is not blank may be
// followed by others, indented as it is. A program in C goes on, too, until all braces
// are closed.
func cellStatus(code string) (status, indent string) {
	lines := strings.Split(strings.TrimSuffix(code, "\n"), "\n")
	last := lines[len(lines)-1]
	if strings.TrimSpace(last) == "" {
		return "complete", ""
	}
	return "incomplete", last[:len(last)-len(strings.TrimLeft(last, " \t"))]
}
