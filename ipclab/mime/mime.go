// Package mime says how a value is shown: as a bundle of representations, one for each MIME type.
//
// A front end draws the richest representation that it knows, so one value shows as a table in JupyterLab, as a
// tabular environment in a printed report and as plain text in a terminal. The package defines the values and the
// place to which they are sent, the Sink; it renders nothing and knows no message protocol.
//
// The hazard: the sink belongs to the process. SetSink is for the program that evaluates cells, once, before any cell runs.
package mime

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
)

// MIME types of the representations that ipclab makes.
const (
	Plain    = "text/plain"
	HTML     = "text/html"
	Markdown = "text/markdown"
	LaTeX    = "text/latex"
	SVG      = "image/svg+xml"
	PNG      = "image/png"
	PDF      = "application/pdf"
	VegaLite = "application/vnd.vegalite.v5+json"
)

// ErrNoPlain says that a bundle has no text/plain representation, which every display must have.
var ErrNoPlain = errors.New("mime: bundle has no text/plain")

// A Bundle holds the representations of one value, by MIME type.
//
// Values are strings; []byte for binary types such as image/png; any JSON value, json.RawMessage for instance, for
// types that end in +json.
type Bundle map[string]any

// A Displayable is a value with a rich representation. Its bundle always has text/plain among its types.
type Displayable interface {
	MIMEBundle() Bundle
}

// A Display is one value to be shown.
type Display struct {
	Data     Bundle         // the representations; text/plain among them
	Metadata map[string]any // for the front end, by MIME type; may be nil
	ID       string         // names the display so that it can be updated; may be empty
	Update   bool           // replaces what was shown under ID instead of adding to the output
}

// A Sink takes what is to be shown. Its methods are called from any goroutine, and in forked children too.
type Sink interface {
	// Display shows d and returns when it is in its place among the output written before.
	Display(d Display) error
	// Clear removes the output of the cell: now, or, if wait is true, when the next output comes.
	Clear(wait bool) error
}

// current holds the sink; an interface value cannot be stored atomically by itself.
var current atomic.Pointer[Sink]

// SetSink makes s the sink of this process and, by inheritance, of the children it forks later. With nil, displays
// are written to os.Stdout as plain text.
func SetSink(s Sink) {
	if s == nil {
		current.Store(nil)
		return
	}
	current.Store(&s)
}

// Attached reports whether there is a sink: whether this is a notebook.
func Attached() bool { return current.Load() != nil }

// Show sends d to the sink. Without one, it writes the text/plain representation and a newline to os.Stdout.
// The error is ErrNoPlain for a bundle without text/plain, or what the sink or the write returned.
func Show(d Display) error {
	text, ok := d.Data[Plain].(string)
	if !ok {
		return ErrNoPlain
	}
	if s := current.Load(); s != nil {
		return (*s).Display(d)
	}
	_, err := fmt.Fprintln(os.Stdout, strings.TrimSuffix(text, "\n"))
	return err
}

// Clear asks the sink to remove the output of the cell: now, or, if wait is true, when the next output comes.
// Without a sink there is nothing to clear.
func Clear(wait bool) error {
	if s := current.Load(); s != nil {
		return (*s).Clear(wait)
	}
	return nil
}
