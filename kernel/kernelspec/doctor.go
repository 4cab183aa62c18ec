package kernelspec

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Grade says how much a finding matters.
type Grade string

// The grades.
const (
	OK      Grade = "ok"      // as it should be
	Note    Grade = "note"    // works, with something less
	Missing Grade = "MISSING" // the kernel or Jupyter cannot work so
)

// Finding is what a check found.
type Finding struct {
	What   string // looked at
	Grade  Grade
	Found  string // what is there
	Advice string // lines that say what to type or to change; empty if OK
}

// Machine is the program that checks are about.
type Machine struct {
	Binary    string       // absolute path of this program
	ForkCheck func() error // forks once, in a process of its own
	CellCheck func() error // runs a cell in a kernel of its own
}

// Examine makes all checks, in the order in which to mend what they find.
// Those that start programs take a second or two, and are bounded.
func (m Machine) Examine() []Finding {
	return []Finding{
		checkKernelVersion(),
		checkPidfd(),
		checkProc(),
		m.checkCell(),
		m.checkFork(),
		checkPtrace(),
		checkOpenFiles(),
		checkSharedMemory(),
		checkCompiler(),
		m.checkJupyter(),
		m.checkSpec(),
	}
}

// Sound tells whether nothing is missing.
func Sound(findings []Finding) bool {
	for _, f := range findings {
		if f.Grade == Missing {
			return false
		}
	}
	return true
}

// Print writes findings as a table, each with its advice below, and a line that
// sums up.
func Print(w io.Writer, findings []Finding) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var missing []string
	for _, f := range findings {
		fmt.Fprintf(t, "%-7s\t%s\t%s\n", f.Grade, f.What, f.Found)
		for line := range strings.Lines(f.Advice) {
			fmt.Fprintf(t, "\t\t-> %s\n", strings.TrimSpace(line))
		}
		if f.Grade == Missing {
			missing = append(missing, f.What)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(missing) == 0 {
		missing = []string{"nothing"}
	}
	_, err := fmt.Fprintf(w, "Missing: %s.\n", strings.Join(missing, ", "))
	return err
}

// found makes the finding of a check that has a good and a bad outcome.
func found(what string, good bool, bad Grade, is, advice string) Finding {
	if good {
		return Finding{what, OK, is, ""}
	}
	return Finding{what, bad, is, advice}
}
