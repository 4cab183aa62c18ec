package supervisor

import (
	"bytes"
	"regexp"
	"strings"
	"time"
)

// lastLines is how many lines of what a dying process wrote are its last words.
const lastLines = 3

// crashBegins matches the line with which the Go runtime begins to report that
// it ends the process.
var crashBegins = regexp.MustCompile(`(?m)^(panic: |fatal error: |SIG[A-Z]+: |runtime: goroutine stack exceeds).*$`)

// stackBegins matches where such a report goes on with the stacks of all
// goroutines: the interpreter's, of no use to who wrote the cell.
var stackBegins = regexp.MustCompile(`\n(\n?goroutine \d+ |\n?runtime stack:|PC=0x|\[signal )`)

// addresses matches a line of such a report that says nothing to a reader.
var addresses = regexp.MustCompile(`(?m)^runtime: sp=.*\n`)

// fatalBegins matches the beginning of a report of what no program can recover.
var fatalBegins = regexp.MustCompile(`(?m)^(fatal error: |runtime: goroutine stack exceeds)`)

// A report that may be a fatal one is held back this long and up to this size, so
// that its stacks can be dropped when the process has ended.
const (
	reportAfter = 3 * time.Second
	reportSize  = 1 << 20
)

// reporting tells whether the pending text may be a report of the process's end.
func (b *textBuffer) reporting() bool {
	return b.name == "stderr" && len(b.pending) < reportSize && fatalBegins.Match(b.pending)
}

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
		text = text[:at[0]] + "\n"
	}
	return addresses.ReplaceAllString(text, "")
}

// dropStacks removes the stacks from a crash report that has not been put out
// yet, and all of the report if the cell's error says the same as last words.
func (b *textBuffer) dropStacks() {
	at := crashBegins.FindIndex(b.pending)
	if b.name != "stderr" || at == nil {
		return
	}
	report := withoutStacks(string(b.pending[at[0]:]))
	if strings.TrimSpace(report) == lastWords(b.lastErr) {
		report = ""
	}
	b.pending = append(b.pending[:at[0]], report...)
}
