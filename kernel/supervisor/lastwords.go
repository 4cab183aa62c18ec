package supervisor

import (
	"bytes"
	"regexp"
	"strings"
)

// lastLines is how many lines of what a dying process wrote are its last words.
const lastLines = 3

// crashBegins matches the line with which the Go runtime begins to report that
// it ends the process.
var crashBegins = regexp.MustCompile(`(?m)^(panic: |fatal error: |SIG[A-Z]+: |runtime: goroutine stack exceeds).*$`)

// stackBegins matches where such a report goes on with the stacks of all
// goroutines: the interpreter's, of no use to who wrote the cell.
var stackBegins = regexp.MustCompile(`\n(\n?goroutine \d+ |PC=0x|\[signal )`)

// lastWords picks from what a process wrote to standard error what says why it
// ended: the beginning of a crash report, or else the last lines.
func lastWords(stderr []byte) string {
	text := strings.TrimSpace(string(bytes.ToValidUTF8(stderr, []byte("\uFFFD"))))
	if at := crashBegins.FindStringIndex(text); at != nil {
		text = strings.TrimSpace(withoutStacks(text[at[0]:]))
		lines := strings.Split(text, "\n")
		return strings.Join(lines[:min(lastLines, len(lines))], "\n")
	}
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-lastLines):], "\n")
}

// withoutStacks cuts a crash report off where the stacks begin.
func withoutStacks(text string) string {
	if at := stackBegins.FindStringIndex(text); at != nil {
		return text[:at[0]] + "\n"
	}
	return text
}

// dropStacks removes the stacks from a crash report that has not been put out
// yet.
func (b *textBuffer) dropStacks() {
	at := crashBegins.FindIndex(b.pending)
	if b.name != "stderr" || at == nil {
		return
	}
	b.pending = append(b.pending[:at[0]], withoutStacks(string(b.pending[at[0]:]))...)
}
