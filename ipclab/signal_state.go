package ipclab

import (
	"fmt"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/mime"
	"ipclab/ipclab/signame"
)

// A SignalStateTable shows the dispositions, the mask and the pending signals of a process.
type SignalStateTable struct {
	pid    int
	rows   []SignalStateRow
	queued string
}

// A SignalStateRow is one signal for which the process has something else than the default action, or which it blocks, or
// which is pending.
type SignalStateRow struct {
	Number      int
	Name        string
	Disposition string // default, ignored or handler
	Blocked     bool
	Pending     bool
}

// SignalState returns what process pid does on each signal, which it blocks and which are pending, as /proc/PID/status
// tells; signals of which there is nothing to say are left out. 0 is the calling process.
//
// In the notebook's own process almost every signal has a handler, that of the Go runtime. Blocked
// means: by all threads of the process. Signals that no cell can have (see Signals) are left out.
//
// Errors: ESRCH if there is no such process, EINVAL for a negative number. See proc_pid_status(5).
func SignalState(pid int) (*SignalStateTable, error) {
	if pid < 0 {
		return nil, &Error{Call: "SignalState", Arg: pidText(pid), Err: because(unix.EINVAL, "a process number is positive")}
	}
	if pid == 0 {
		pid = unix.Getpid()
		handlers.Run()
	}
	s, err := proc.ReadSignals(pid)
	if proc.Gone(err) {
		err = noProcess(unix.ESRCH)
	}
	if err != nil {
		return nil, &Error{Call: "SignalState", Arg: pidText(pid), Err: err}
	}
	t := &SignalStateTable{pid: pid, queued: fmt.Sprintf("Queued for all processes of the user: %d of %d (RLIMIT_SIGPENDING).", s.Queued, s.Limit)}
	for _, sig := range takeable().Signals() {
		if row, ok := signalStateRow(sig, s); ok {
			t.rows = append(t.rows, row)
		}
	}
	return t, nil
}

// signalStateRow returns the row of a signal, and whether there is something to say.
func signalStateRow(sig syscall.Signal, s proc.Signals) (SignalStateRow, bool) {
	bit := uint64(bitOf(sig))
	r := SignalStateRow{
		Number: int(sig), Name: signame.Of(sig), Disposition: "default", Blocked: s.Blocked&bit != 0, Pending: s.Pending&bit != 0,
	}
	switch {
	case s.Ignored&bit != 0:
		r.Disposition = "ignored"
	case s.Caught&bit != 0:
		r.Disposition = "handler"
	}
	return r, r.Disposition != "default" || r.Blocked || r.Pending
}

// Rows returns a row for each signal of which there is something to say, by ascending number.
func (t *SignalStateTable) Rows() []SignalStateRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *SignalStateTable) Table() *Table {
	table := NewTable("number", "name", "disposition", "blocked", "pending")
	if t == nil {
		return table
	}
	for _, r := range t.rows {
		table.Row(r.Number, r.Name, r.Disposition, signalYesNo(r.Blocked), signalYesNo(r.Pending))
	}
	return table.Caption(fmt.Sprintf("Signals of process %d", t.pid)).Note("All others: default action, not blocked, not pending.").Note(t.queued)
}

// String returns the table as text.
func (t *SignalStateTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *SignalStateTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
