package execute

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// endOfInput is what a Jupyter console sends for end of file (Ctrl-D).
const endOfInput = "\x04"

// Terminal asks the user for the lines that cells read from standard input. One
// serves any number of runs, one after the other.
type Terminal struct {
	in    *os.File
	out   io.Writer
	lines chan string   // what the reader has read; nil until the first question
	ask   chan struct{} // sends the reader for a line
	busy  bool          // the reader waits for a line
	saved *unix.Termios // to be restored after a password, or nil
}

// NewTerminal makes a Terminal that reads from in and writes prompts to out. It
// gives nil if in is not a terminal, which means that cells get end of file.
func NewTerminal(in *os.File, out io.Writer) *Terminal {
	if !IsTerminal(in) {
		return nil
	}
	return &Terminal{in: in, out: out}
}

// IsTerminal tells whether f is a terminal (isatty(3)).
func IsTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// Ask prints the prompt and gives a channel that the line will come on. The line
// of a question that nobody waits for any more answers the next one. Answered
// must be called when the line has come; until then a password is not shown.
func (t *Terminal) Ask(prompt string, password bool) <-chan string {
	if t.lines == nil {
		t.lines, t.ask = make(chan string, 1), make(chan struct{})
		go t.read()
	}
	if password {
		t.hide()
	}
	fmt.Fprint(t.out, prompt)
	if !t.busy {
		t.busy = true
		t.ask <- struct{}{}
	}
	return t.lines
}

// Answered ends a question whose line has come.
func (t *Terminal) Answered() {
	t.busy = false
	t.Restore()
}

// Restore shows again what is typed, if it was hidden.
func (t *Terminal) Restore() {
	if t.saved != nil {
		unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETS, t.saved)
		t.saved = nil
		fmt.Fprintln(t.out)
	}
}

func (t *Terminal) hide() {
	now, err := unix.IoctlGetTermios(int(t.in.Fd()), unix.TCGETS)
	if err != nil {
		return // it was a terminal; the line will be visible
	}
	quiet := *now
	quiet.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETS, &quiet) == nil {
		t.saved = now
	}
}

// Close ends the use of a Terminal, which may be nil. A line that is being waited
// for is still taken from the terminal, unless the program ends.
func (t *Terminal) Close() {
	if t != nil && t.ask != nil {
		t.Restore()
		close(t.ask)
	}
}

// read reads one line a question, so that it takes none that a later program in
// the same terminal should have.
func (t *Terminal) read() {
	in := bufio.NewReader(t.in)
	for range t.ask {
		line, err := in.ReadString('\n')
		if err != nil && line == "" {
			line = endOfInput
		}
		t.lines <- strings.TrimSuffix(line, "\n")
	}
}
