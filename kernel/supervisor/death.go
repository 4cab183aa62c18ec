package supervisor

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/runtime/wire"
)

// A Death is the end of a runtime process that was not asked for.
type Death struct {
	Status      unix.WaitStatus
	LastWords   string   // what it wrote to standard error in the end
	Unready     bool     // it never became ready
	Idle        bool     // no cell was running
	Cause       string   // what it has to do with the bounds on memory, "" for nothing
	Interrupted bool     // it was killed because the cell did not heed an interrupt
	Kept        Kept     // what is left of what cells have defined
	Orphans     bool     // processes that cells had started were ended
	Stuck       []string // why the cell did not go on when it was interrupted, in sentences
	Lost        []string // descriptors that had been open before the cell and are closed now
}

// How says in a few words how the process ended.
func (d *Death) How() string {
	switch {
	case d.Cause != "":
		return "ended: " + d.Cause
	case d.Interrupted:
		return "was killed: the cell was in a call that an interrupt does not end"
	case d.Status.Signaled():
		how := "was killed by " + unix.SignalName(d.Status.Signal())
		if d.Status.CoreDump() {
			how += " (core dumped)"
		}
		return how
	default:
		return fmt.Sprintf("exited with status %d", d.Status.ExitStatus())
	}
}

func (d *Death) Error() string {
	var b strings.Builder
	b.WriteString("the runtime process ")
	b.WriteString(d.How())
	switch {
	case d.Unready:
		b.WriteString(" before it was ready")
	case d.Idle:
		b.WriteString(" while no cell was running")
	}
	if d.LastWords != "" {
		fmt.Fprintf(&b, "; its last words: %s", strings.ReplaceAll(d.LastWords, "\n", " / "))
	}
	b.WriteString(".")
	for _, line := range d.Left() {
		b.WriteString(" ")
		b.WriteString(line)
	}
	return b.String()
}

// Left says in sentences what is left, and what is not.
func (d *Death) Left() []string {
	var lines []string
	switch {
	case d.Unready:
		return nil
	case d.Kept == KeptNothing:
		return []string{"The variables, functions and types of all cells are gone; the next cell gets a new runtime process."}
	case d.Kept == KeptOlder:
		lines = append(lines, "There was no copy of its last state: variables, functions and types are as they were before an earlier cell; %who lists them.")
	case d.Idle:
		lines = append(lines, "Variables, functions and types are as the last cell left them.")
	default:
		lines = append(lines, "Variables, functions and types are as they were before this cell.")
	}
	if len(d.Lost) > 0 {
		lines = append(lines, "Descriptors that were open and are closed now: "+strings.Join(d.Lost, ", ")+".")
	}
	if d.Orphans {
		lines = append(lines, "Processes that cells had started have ended.")
	}
	return lines
}

func isMalformed(err error) bool { return errors.Is(err, wire.ErrMalformed) }
