package ipclab

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"ipclab/ipclab/internal/ptrace"
	"ipclab/ipclab/mime"
)

// A SyscallTrace is the system calls that Strace has seen. A cell that ends in one shows it as a table; Summary counts the calls
// of each name, and Timeline draws who did what when.
type SyscallTrace struct {
	events []SyscallEvent
	lost   int
	begun  time.Duration // by CLOCK_MONOTONIC
	all    bool          // show those of the Go runtime too
}

// A SyscallEvent is one system call of a thread; or a signal that it got, or the end of a process, which have no arguments.
type SyscallEvent struct {
	Time     time.Duration // since f was called, when the call began
	Duration time.Duration // of the call, tracing included
	System   time.Duration // of that, the kernel worked for the call, some µs of it for the tracing; 0 where that is not known
	Waited   time.Duration // of that, the call waited, for data for example; not for a processor
	Pid, Tid int           // process and thread
	Process  string        // what the process is
	Name     string        // of the call, "write"; of the signal, "SIGCHLD"; "" for the end of a process
	Args     []string      // as a C programmer would write them, descriptors with what they refer to
	Returned bool          // false for a call that went on at the end, or from which no one returns, as from exit
	Result   int64         // -1 if it failed
	Errno    syscall.Errno // why it failed, 0 if it did not
	Text     string        // the result in words: "3</tmp/x>", "-1 ENOENT (no such file or directory)", "?"
	Inside   bool          // for the Go runtime, or to keep books for this package: not what the program asked for
	Signal   bool          // it is a signal

	Sender int // the process that sent the signal, or whose end a SIGCHLD tells; 0 if that is not known

	move ptrace.Move // what it moves from process to process
	end  bool        // it is the end of a process
}

// Call returns the event as strace(1) writes it: "read(3<pipe 812, read end>, "hello", 100) = 5".
func (e SyscallEvent) Call() string {
	switch {
	case e.Signal:
		if e.Sender != 0 {
			return fmt.Sprintf("--- %s from %d ---", e.Name, e.Sender)
		}
		return "--- " + e.Name + " ---"
	case e.Name == "":
		return "+++ " + e.Text + " +++"
	}
	return e.call() + " = " + e.Text
}

// call returns the call without its result.
func (e SyscallEvent) call() string { return e.Name + "(" + strings.Join(e.Args, ", ") + ")" }

func newSyscallTrace(r ptrace.Report) *SyscallTrace {
	t := &SyscallTrace{lost: r.Lost, begun: r.Begun}
	root := experiment.fix()
	for _, e := range r.Events {
		event := SyscallEvent{
			Time: e.Start, Duration: e.Duration, System: e.System, Waited: e.Waited, Pid: e.Pid, Tid: e.Tid, Process: e.Program, Name: e.Name, Returned: e.Returned,
			Result: e.Result, Errno: e.Errno, Text: e.Text, Inside: e.Inside, Signal: e.Kind == ptrace.Signal,
			Sender: e.Sender, move: e.Move, end: e.Kind == ptrace.End,
		}
		for _, a := range e.Args {
			if a != "" {
				event.Args = append(event.Args, a)
			}
		}
		switch {
		case e.Pid == root:
			event.Process = "this process"
		case !e.Foreign:
			event.Process = "child"
		}
		t.events = append(t.events, event)
	}
	return t
}

// All returns the trace with the calls that the Go runtime and this package made for themselves.
func (t *SyscallTrace) All() *SyscallTrace {
	if t == nil {
		return nil
	}
	whole := *t
	whole.all = true
	return &whole
}

// Of returns the part of the trace that happened in the given processes.
func (t *SyscallTrace) Of(pids ...int) *SyscallTrace {
	return t.where(func(e SyscallEvent) bool { return slices.Contains(pids, e.Pid) })
}

// Only returns the part of the trace with the calls of the given names: Only("read", "write").
func (t *SyscallTrace) Only(names ...string) *SyscallTrace {
	return t.where(func(e SyscallEvent) bool { return slices.Contains(names, e.Name) })
}

func (t *SyscallTrace) where(wanted func(SyscallEvent) bool) *SyscallTrace {
	if t == nil {
		return nil
	}
	part := *t
	part.events = slices.DeleteFunc(slices.Clone(t.events), func(e SyscallEvent) bool { return !wanted(e) })
	return &part
}

// Events returns what happened, in the order in which it began.
func (t *SyscallTrace) Events() []SyscallEvent {
	if t == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.events), func(e SyscallEvent) bool { return e.Inside && !t.all })
}

// Count returns how often the call of a name was made; of an empty name, how many calls were made in all.
func (t *SyscallTrace) Count(name string) (n int) {
	for _, e := range t.Events() {
		if !e.Signal && e.Name != "" && (name == "" || e.Name == name) {
			n++
		}
	}
	return n
}

// Table returns the trace as a table, a row an event.
func (t *SyscallTrace) Table() *Table {
	const rows = 200 // shown at most: a program alone makes some dozens of calls
	table := NewTable("time", "process", "thread", "call", "result", "took").Units("ms", "", "", "", "", "µs").Limit(rows)
	for _, e := range t.Events() {
		process := fmt.Sprintf("%d (%s)", e.Pid, e.Process)
		switch {
		case e.Signal, e.Name == "":
			table.Row(e.Time, process, e.Tid, e.Call())
		case !e.Returned:
			table.Row(e.Time, process, e.Tid, e.call(), e.Text)
		default:
			table.Row(e.Time, process, e.Tid, e.call(), e.Text, e.Duration)
		}
	}
	return t.notes(table)
}

// notes adds what is not shown.
func (t *SyscallTrace) notes(table *Table) *Table {
	if t == nil {
		return table
	}
	if hidden := len(t.events) - len(t.Events()); hidden > 0 {
		table.Note(fmt.Sprintf("Calls of the Go runtime and of package ipclab itself, left out here: %d. All shows them.", hidden))
	}
	if t.lost > 0 {
		table.Note(fmt.Sprintf("%d later events were not kept.", t.lost))
	}
	return table
}

// String returns the table as text.
func (t *SyscallTrace) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *SyscallTrace) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
