package ipclab

import (
	"fmt"
	"os"
	"slices"
	"time"

	"ipclab/ipclab/mime"
	"ipclab/ipclab/reserve"
	"ipclab/ipclab/stuck"
)

// A StuckTable says for what each process of the experiment was waiting at one moment.
type StuckTable struct {
	rows     []StuckRow
	findings []string
	self     int
	cut      bool
}

// A StuckRow is one wait of one process, or a process that does not wait.
type StuckRow struct {
	Pid     int
	Parent  int
	Thread  int    // the thread that waits; 0 for a process that does not
	Command string // what it runs; "" for a copy of this program
	Call    string // the system call in which it is blocked: "read", "wait4", "futex"
	On      string // on what: "pipe 812, read end", "FIFO /tmp/f, for reading", "the end of process 4242"
	By      string // who could end the wait: "12 itself (4)", "13 (5)", process and descriptor; "anybody", "nobody"
	Verdict string // "runs", "sleeps", "waits", "is stopped", "has ended", "asks", "cannot go on"
}

// whyStuckLimit bounds the time that WhyStuck takes.
const whyStuckLimit = 2 * time.Second

// WhyStuck says why the processes of the experiment do not go on: the notebook's process, or the compiled program, and
// everything that descends from it. For each it shows the system call in which it is blocked, on what (a pipe, a FIFO
// that is being opened, a lock, a futex, a socket, a child, a signal), and who could end the wait, and it names the
// likely mistake in sentences: a write end that was left open, a FIFO without another side, a full pipe that nobody
// reads, a lock whose holder has died or is blocked itself, processes that wait for each other.
//
// A process cannot go on if whoever could end its wait cannot go on either. Processes that run or sleep, those that wait
// for such a one, and those that wait for the user or for another machine, are no reason for a sentence. The process
// that calls WhyStuck is taken for one that does nothing else. Waits of goroutines for each other cannot be seen from
// outside: they show as one wait of their process.
//
// When a cell is interrupted that has children or is blocked in a read, the kernel looks in this way and shows what it
// found with the error.
//
// What is found is of a moment, and comes from /proc and sock_diag(7) alone: nobody is disturbed by it. Where the
// system does not let the caller look, into a process of another user, or by its restrictions of ptrace(2) into one that
// does not descend from the caller, only that it waits is shown, or the function of the kernel in which it does. The error is the operating system's where /proc cannot be read. See
// proc_pid_syscall(5), proc_locks(5).
func WhyStuck() (*StuckTable, error) {
	family, orphans, err := experiment.members()
	if err != nil {
		return nil, &Error{Call: "WhyStuck", Arg: "/proc", Err: err}
	}
	o := stuck.Options{Asking: os.Getpid(), Cell: experiment.fix(), Reserved: reserve.Has, Deadline: time.Now().Add(whyStuckLimit)}
	if reserve.Any() {
		o.Kernel = parentOf(o.Cell)
	}
	for _, s := range slices.Concat(family, orphans) {
		o.Pids = append(o.Pids, s.Pid)
	}
	report := stuck.Look(o)
	t := &StuckTable{findings: report.Findings, self: os.Getpid(), cut: report.Cut}
	for _, p := range report.Processes {
		t.add(p)
	}
	return t, nil
}

// add adds the rows of a process.
func (t *StuckTable) add(p stuck.Process) {
	row := StuckRow{Pid: p.Pid, Parent: p.Parent, Command: p.Command, Verdict: p.Verdict}
	if len(p.Waits) == 0 {
		t.rows = append(t.rows, row)
	}
	for _, w := range p.Waits {
		row.Thread, row.Call, row.On, row.By = w.Thread, w.Call, w.On, w.Holders()
		t.rows = append(t.rows, row)
	}
}

// Rows returns a row for each wait, and for each process that does not wait, parents before children.
func (t *StuckTable) Rows() []StuckRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Findings returns the sentences that name likely mistakes, processes that wait for each other first; none if nothing
// is wrong.
func (t *StuckTable) Findings() []string {
	if t == nil {
		return nil
	}
	return slices.Clone(t.findings)
}

// Table returns the waits as a table, with the findings as notes.
func (t *StuckTable) Table() *Table {
	table := NewTable("process", "state", "in", "on", "can be ended by")
	for _, r := range t.Rows() {
		name := fmt.Sprint(r.Pid)
		switch {
		case r.Pid == t.self:
			name += " (this)"
		case r.Command != "":
			name += " (" + r.Command + ")"
		}
		table.Row(name, r.Verdict, r.Call, shorten(r.On, commandWidth), r.By)
	}
	for _, finding := range t.Findings() {
		table.Note(finding)
	}
	switch {
	case t == nil:
	case t.cut:
		table.Note("The time was up before all processes had been looked at.")
	case len(t.findings) == 0:
		table.Note("No process is stuck.")
	}
	return table
}

// String returns the table as text.
func (t *StuckTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *StuckTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
