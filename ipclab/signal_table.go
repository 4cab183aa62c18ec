package ipclab

import (
	"fmt"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
	"ipclab/ipclab/signame"
)

// A SignalTable lists the signals of this machine.
type SignalTable struct{ rows []SignalRow }

// A SignalRow is one signal. See signal(7).
type SignalRow struct {
	Number      int
	Name        string // SIGINT; for a real-time signal SIGRTMIN+3
	Default     string // the default action: terminate, core (terminate with a core file), ignore, stop or continue
	Catchable   bool   // it can have a handler, be blocked and be ignored
	Description string // what it is for
	Use         string // why Sigaction takes no handler for it here, though it is catchable; empty if it does
}

// What signals do by default.
const (
	byDefaultEnd      = "terminate"
	byDefaultCore     = "core"
	byDefaultIgnore   = "ignore"
	byDefaultStop     = "stop"
	byDefaultContinue = "continue"
)

// standardSignals are the signals below the real-time ones, with the default action and what they are for.
var standardSignals = [...]struct {
	number      syscall.Signal
	byDefault   string
	description string
}{
	{unix.SIGHUP, byDefaultEnd, "the terminal was hung up, or the session's leader ended"},
	{unix.SIGINT, byDefaultEnd, "interrupt from the terminal, Ctrl-C"},
	{unix.SIGQUIT, byDefaultCore, "quit from the terminal, Ctrl-\\"},
	{unix.SIGILL, byDefaultCore, "illegal instruction"},
	{unix.SIGTRAP, byDefaultCore, "breakpoint or trace trap"},
	{unix.SIGABRT, byDefaultCore, "abnormal end, by abort(3)"},
	{unix.SIGBUS, byDefaultCore, "memory that is not there: past the end of a mapped file"},
	{unix.SIGFPE, byDefaultCore, "arithmetic fault, such as division by zero"},
	{unix.SIGKILL, byDefaultEnd, "end at once"},
	{unix.SIGUSR1, byDefaultEnd, "for programs to use, first"},
	{unix.SIGSEGV, byDefaultCore, "memory that the process may not use so"},
	{unix.SIGUSR2, byDefaultEnd, "for programs to use, second"},
	{unix.SIGPIPE, byDefaultEnd, "write to a pipe or socket that nobody reads"},
	{unix.SIGALRM, byDefaultEnd, "the timer of alarm(2) ran out"},
	{unix.SIGTERM, byDefaultEnd, "request to end, kill's default"},
	{unix.SIGSTKFLT, byDefaultEnd, "not used; once a stack fault of a coprocessor"},
	{unix.SIGCHLD, byDefaultIgnore, "a child ended, stopped or went on"},
	{unix.SIGCONT, byDefaultContinue, "go on if stopped"},
	{unix.SIGSTOP, byDefaultStop, "stop"},
	{unix.SIGTSTP, byDefaultStop, "stop from the terminal, Ctrl-Z"},
	{unix.SIGTTIN, byDefaultStop, "a background process reads the terminal"},
	{unix.SIGTTOU, byDefaultStop, "a background process writes to the terminal"},
	{unix.SIGURG, byDefaultIgnore, "urgent data at a socket"},
	{unix.SIGXCPU, byDefaultCore, "processor time above RLIMIT_CPU"},
	{unix.SIGXFSZ, byDefaultCore, "file larger than RLIMIT_FSIZE"},
	{unix.SIGVTALRM, byDefaultEnd, "the timer of the process's own time ran out"},
	{unix.SIGPROF, byDefaultEnd, "the timer for profiles ran out"},
	{unix.SIGWINCH, byDefaultIgnore, "the terminal's window changed its size"},
	{unix.SIGIO, byDefaultEnd, "a descriptor is ready (also SIGPOLL)"},
	{unix.SIGPWR, byDefaultEnd, "power fails"},
	{unix.SIGSYS, byDefaultCore, "system call that is not allowed"},
}

// RtMin and RtMax are the first and the last real-time signal, SIGRTMIN and SIGRTMAX of the C library, which keeps the
// kernel's first two, 32 and 33, for itself. Others are named from these: RtMin+1.
const (
	RtMin = syscall.Signal(34)
	RtMax = syscall.Signal(signalLast)
)

// Signals returns the signals of this machine: number, name, default action, whether they can be caught, what they are
// for. Real-time signals have no meaning of their own, and queue where standard ones merge. See signal(7).
func Signals() *SignalTable {
	t := &SignalTable{}
	for _, s := range standardSignals {
		catchable := s.number != unix.SIGKILL && s.number != unix.SIGSTOP
		t.rows = append(t.rows, SignalRow{
			Number: int(s.number), Name: signame.Of(s.number), Default: s.byDefault, Catchable: catchable,
			Description: s.description, Use: takenBy(s.number),
		})
	}
	for sig := RtMin; sig <= RtMax; sig++ {
		t.rows = append(t.rows, SignalRow{
			Number: int(sig), Name: signame.Of(sig), Default: byDefaultEnd, Catchable: true,
			Description: "real-time: for programs to use, queued", Use: takenBy(sig),
		})
	}
	return t
}

// takenBy says who needs a signal that Sigaction refuses; empty if it does not, or if nobody can catch it.
func takenBy(sig syscall.Signal) string {
	switch {
	case takeable().Has(sig), sig == unix.SIGKILL, sig == unix.SIGSTOP:
		return ""
	case isFault(sig):
		return "a fault, which is a panic in Go"
	case sig == unix.SIGURG:
		return "the Go runtime reaches its threads by it"
	case sig == unix.SIGPROF:
		return "the Go runtime's profiler"
	case sig == 32 || sig == 33:
		return "the C library and the Go runtime reach threads by it"
	}
	return "ipclab reaches threads by it"
}

// isFault reports whether a signal is how the kernel tells of an instruction that failed.
func isFault(sig syscall.Signal) bool {
	return slices.Contains([]syscall.Signal{unix.SIGILL, unix.SIGTRAP, unix.SIGBUS, unix.SIGFPE, unix.SIGSEGV, unix.SIGSYS}, sig)
}

// Rows returns a row for each signal, by ascending number.
func (t *SignalTable) Rows() []SignalRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *SignalTable) Table() *Table {
	table := NewTable("number", "name", "default action", "catchable", "description").
		Caption("Signals of this machine").Limit(0)
	for _, r := range t.Rows() {
		description := r.Description
		if r.Use != "" {
			description += fmt.Sprintf(" (no handler in a cell: %s)", r.Use)
		}
		table.Row(r.Number, r.Name, r.Default, signalYesNo(r.Catchable), description)
	}
	return table.Note("core: terminate with a core file, where core(5) allows one.").
		Note("SIGEMT, a general hardware fault, is absent: Linux has it on Alpha, MIPS and SPARC only. 32 and 33 are the C library's.")
}

// signalYesNo returns a truth value as a word.
func signalYesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// String returns the table as text.
func (t *SignalTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *SignalTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
