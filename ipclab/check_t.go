package ipclab

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// A T is what a check says with; the methods are those of testing.T. It may be used by all processes and goroutines of
// the check.
type T struct {
	name  string
	to    int // where it says so, a pipe to the process that made the check
	pid   int // of the check
	ended bool
}

// A checkNote is one line of what a check says, in JSON.
type checkNote struct {
	Kind   noteKind
	Text   string  `json:",omitempty"`
	Points float64 `json:",omitempty"`
	Number int     `json:",omitempty"` // a process, or a wait status
}

// noteKind says what a line means.
type noteKind string

const (
	noteBegun  noteKind = "begun"  // the check's process is Number
	noteLog    noteKind = "log"    // Text
	noteFail   noteKind = "fail"   // because of Text, which may be empty
	noteCredit noteKind = "credit" // Points
	noteDone   noteKind = "done"   // the function has returned
	noteEnded  noteKind = "ended"  // the process, with wait status Number
)

// mostNoteText bounds the text of a note, so that it goes into the pipe in one piece.
const mostNoteText = 1000

// send writes a note. If nobody reads any more, nobody needs it.
func (t *T) send(n checkNote) {
	if t == nil {
		return
	}
	if len(n.Text) > mostNoteText {
		n.Text = strings.ToValidUTF8(n.Text[:mostNoteText], "") + "…"
	}
	line, err := json.Marshal(n)
	if err == nil {
		retry(func() (int, error) { return unix.Write(t.to, append(line, '\n')) })
	}
}

// Name returns the name of the check.
func (t *T) Name() string {
	if t == nil {
		return ""
	}
	return t.name
}

// Log notes values, as fmt.Println would write them. They are shown if the check fails.
func (t *T) Log(values ...any) {
	t.send(checkNote{Kind: noteLog, Text: strings.TrimSuffix(fmt.Sprintln(values...), "\n")})
}

// Logf is Log with a format.
func (t *T) Logf(format string, values ...any) {
	t.send(checkNote{Kind: noteLog, Text: fmt.Sprintf(format, values...)})
}

// Fail says that the check has failed, and goes on.
func (t *T) Fail() { t.send(checkNote{Kind: noteFail}) }

// Error says that the check has failed and why, and goes on.
func (t *T) Error(values ...any) {
	t.send(checkNote{Kind: noteFail, Text: strings.TrimSuffix(fmt.Sprintln(values...), "\n")})
}

// Errorf is Error with a format.
func (t *T) Errorf(format string, values ...any) {
	t.send(checkNote{Kind: noteFail, Text: fmt.Sprintf(format, values...)})
}

// FailNow says that the check has failed, and ends the function that calls it and those above it: the check, if it is
// called by the goroutine that runs that.
func (t *T) FailNow() {
	t.Fail()
	t.stop()
}

// Fatal is Error followed by FailNow.
func (t *T) Fatal(values ...any) {
	t.Error(values...)
	t.stop()
}

// Fatalf is Errorf followed by FailNow.
func (t *T) Fatalf(format string, values ...any) {
	t.Errorf(format, values...)
	t.stop()
}

// Credit gives the check so many points if it fails: for what works although not all does. The last call counts; a check
// that passes gets all points, and no check more than those.
func (t *T) Credit(points float64) { t.send(checkNote{Kind: noteCredit, Points: points}) }

// checkStop is the value of the panic by which a check ends early.
type checkStop struct{}

// stop ends the check. In a process that the check has forked it ends that process.
func (t *T) stop() {
	if t == nil {
		return
	}
	if os.Getpid() != t.pid {
		unix.Exit(1)
	}
	t.ended = true
	panic(checkStop{})
}
