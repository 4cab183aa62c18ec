package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"
)

// Stream text is collected for flushAfter, or up to flushSize bytes, before it
// is put out: a message costs its reader 0.3 ms, whatever its size.
const (
	flushAfter = 20 * time.Millisecond
	flushSize  = 64 << 10
)

// A textBuffer collects the stream text of a cell, cuts it at a limit and
// keeps the rest in a file.
type textBuffer struct {
	limit int    // bytes of a cell's text that are put out
	dir   string // where the rest is kept

	output  Output
	name    string // stream of the pending text: stdout or stderr
	pending []byte
	since   time.Time // when the first pending byte came
	shown   int       // bytes put out in this cell
	lastErr []byte    // the end of stderr, for last words

	kept     *os.File // the rest, nil until there is some
	keptErr  error
	keptSize int
}

// begin starts the count anew for a cell with its output.
func (b *textBuffer) begin(o Output) {
	b.end()
	b.output, b.shown, b.lastErr = o, 0, nil
}

// lastWordsSize is how much of the end of stderr is kept: a crash report of the
// Go runtime says what happened first, and then lists stacks at length.
const lastWordsSize = 64 << 10

// add takes what was read from a stream.
func (b *textBuffer) add(name string, text []byte) {
	if name == "stderr" {
		b.lastErr = append(b.lastErr, text...)
		b.lastErr = b.lastErr[max(0, len(b.lastErr)-lastWordsSize):]
	}
	if name != b.name {
		b.flush(true)
		b.name = name
	}
	if len(b.pending) == 0 {
		b.since = time.Now()
	}
	b.pending = append(b.pending, text...)
	if len(b.pending) >= flushSize && !b.reporting() {
		b.flush(false)
	}
}

// due says how long the pending text may wait; ok is false if there is none.
func (b *textBuffer) due() (wait time.Duration, ok bool) {
	if len(b.pending) == 0 {
		return 0, false
	}
	after := flushAfter
	if b.reporting() {
		after = reportAfter
	}
	return max(0, time.Until(b.since.Add(after))), true
}

// flush puts the pending text out. A character of which only the first bytes
// have come is held back unless all is asked for.
func (b *textBuffer) flush(all bool) {
	n := len(b.pending)
	if !all {
		n -= cutCharacter(b.pending)
	}
	if n > 0 {
		b.put(b.pending[:n])
	}
	b.pending = append(b.pending[:0], b.pending[n:]...)
	b.since = time.Now()
}

// cutCharacter counts the bytes at the end of text that begin a UTF-8
// character and do not complete it.
func cutCharacter(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// put shows text as far as the limit goes and keeps the rest.
func (b *textBuffer) put(text []byte) {
	if b.output == nil {
		return
	}
	n := len(text)
	if left := b.limit - b.shown; n > left {
		n = max(left, 0)
		n -= cutCharacter(text[:n])
	}
	if n > 0 {
		b.output.Stream(b.name, string(bytes.ToValidUTF8(text[:n], []byte("\uFFFD"))))
		b.shown += n
	}
	if n < len(text) {
		b.shown = b.limit
		b.keep(text[n:])
	}
}

// keep writes text beyond the limit to a file. Should that fail, the text is
// lost, and the notice says so.
func (b *textBuffer) keep(text []byte) {
	b.keptSize += len(text)
	if b.kept == nil && b.keptErr == nil {
		b.kept, b.keptErr = b.create()
	}
	if b.keptErr == nil {
		_, b.keptErr = b.kept.Write(text)
	}
}

func (b *textBuffer) create() (*os.File, error) {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(b.dir, time.Now().Format("2006-01-02-150405-")+"*.txt")
}

// end flushes the last text of a cell and says where the rest is.
func (b *textBuffer) end() {
	b.flush(true)
	if b.keptSize == 0 {
		return
	}
	notice := fmt.Sprintf("\n[%d bytes of text shown; ", b.shown)
	switch {
	case b.keptErr != nil:
		notice += fmt.Sprintf("the other %d bytes are lost: %v]\n", b.keptSize, b.keptErr)
	default:
		notice += fmt.Sprintf("the other %d bytes are in %s]\n", b.keptSize, b.kept.Name())
	}
	if b.kept != nil {
		b.kept.Close()
	}
	b.output.Stream("stderr", notice)
	b.kept, b.keptErr, b.keptSize = nil, nil, 0
}

// keptFor is how long texts beyond the limit stay on disk.
const keptFor = 7 * 24 * time.Hour

// removeOldTexts deletes the texts in dir that were kept long enough.
func removeOldTexts(dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return
	}
	for _, file := range files {
		if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > keptFor {
			_ = os.Remove(file)
		}
	}
}
