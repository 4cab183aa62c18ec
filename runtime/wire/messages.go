package wire

import "encoding/json"

// Execute asks the runtime to compile and run one cell.
type Execute struct {
	ID       uint64 // chosen by the kernel, repeated in Done
	Name     string // the cell's name, as positions give it
	Source   string // lowered Go: a file of package main
	Entry    string // the function to call, "" for none
	Text     string // the cell as its user wrote it, for the lines that errors show
	NewStdin bool   // the attached descriptor becomes standard input
}

// Interrupt asks the runtime to stop the cell at its next step.
type Interrupt struct {
	ID uint64 // of the cell meant; an interrupt that comes late stops nothing
}

// Freeze asks the runtime to make a frozen copy of itself (fork.Freeze); the
// attached descriptor is the copy's end of its control socket. Where there can
// be no copy, the reason is written to that.
type Freeze struct{}

// Ready says that the runtime can run cells.
type Ready struct {
	PID  int
	Lost []string `json:",omitempty"` // descriptors that a woken copy does not have any more: number and what it was
}

// Status is how a cell ended.
type Status string

// The ways a cell ends while the runtime lives.
const (
	StatusOK          Status = "ok"
	StatusError       Status = "error"       // it panicked
	StatusInterrupted Status = "interrupted" // an Interrupt stopped it
	StatusRejected    Status = "rejected"    // the interpreter could not compile it: nothing ran
)

// Done says how a cell ended.
type Done struct {
	ID     uint64
	Status Status
	Stuck  []string // why it did not go on when it was interrupted, in sentences; the kernel says that
	Result Bundle   // of the last expression; nil if there is nothing to show
	Name   string   // what went wrong, in one word, where Status is not StatusOK
	Value  string   // and in a sentence
	Alone  bool     // no goroutine was left but the runtime's own, and no memory that others see
	Frames []string // where: cell, line and its text of each interpreted function, innermost first

	Traceback []string `json:",omitempty"` // what to show of the failure, with ANSI colours, where Frames do not tell
}

// Bundle maps MIME types to representations of one value.
type Bundle map[string]json.RawMessage

// Display asks the kernel to show a value, or to show it anew.
type Display struct {
	Data     Bundle
	Metadata map[string]json.RawMessage `json:",omitempty"`
	ID       string                     `json:",omitempty"` // display id, "" for none
	Update   bool                       `json:",omitempty"` // replace what was shown under ID
}

// Clear asks the kernel to clear the cell's output.
type Clear struct {
	Wait bool // only when the next output comes
}
