package ipclab

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/mime"
)

// A ProcessTable is the processes of an experiment at one moment, as a tree.
type ProcessTable struct {
	rows []ProcessRow
	self int
}

// A ProcessRow is one process. See proc_pid_stat(5).
type ProcessRow struct {
	Pid     int
	Parent  int    // the parent's number: the kernel's, for an orphan
	Group   int    // process group
	Session int    // session
	State   string // "running", "sleeping", "in disk sleep", "zombie", "stopped", "traced"
	Threads int
	Waits   string // functions of the kernel in which threads wait; may be empty
	Command string // command line; the name in brackets for a zombie
	Orphan  bool   // its parent has ended
	Depth   int    // in the tree, 0 for the root
}

// Processes returns the processes of the experiment: the notebook's process, or the compiled program, and everything
// that descends from it. Zombies are shown until they are waited for. Orphans, whose parent has ended, are shown below
// the rest; in a compiled program that does not lead its process group they cannot be told from other processes.
// The error is the operating system's where /proc cannot be read.
func Processes() (*ProcessTable, error) {
	family, orphans, err := experiment.members()
	if err != nil {
		return nil, &Error{Call: "Processes", Arg: "/proc", Err: err}
	}
	t := &ProcessTable{self: os.Getpid()}
	t.add(family, false)
	t.add(orphans, true)
	return t, nil
}

// add adds a family as trees, each process after its parent and before its parent's next child.
func (t *ProcessTable) add(family []proc.Stat, orphans bool) {
	var below func(parent, depth int)
	below = func(parent, depth int) {
		for _, s := range family {
			if s.PPid == parent {
				t.rows = append(t.rows, processRow(s, depth, false))
				below(s.Pid, depth+1)
			}
		}
	}
	for _, s := range family {
		inside := slices.ContainsFunc(family, func(p proc.Stat) bool { return p.Pid == s.PPid })
		if !inside {
			t.rows = append(t.rows, processRow(s, 0, orphans))
			below(s.Pid, 1)
		}
	}
}

// processRow describes a process.
func processRow(s proc.Stat, depth int, orphan bool) ProcessRow {
	states, waits := proc.Threads(s.Pid)
	return ProcessRow{
		Pid: s.Pid, Parent: s.PPid, Group: s.PGrp, Session: s.Session, Threads: s.Threads,
		State: stateName(s.State, states), Waits: strings.Join(telling(waits), ", "), Command: proc.Command(s),
		Orphan: orphan, Depth: depth,
	}
}

// stateName says in a word what state a process is in. A process of many threads runs if any of them does.
func stateName(leader byte, threads []byte) string {
	letter := leader
	if leader == 'S' {
		for _, busy := range []byte{'R', 'D'} {
			if slices.Contains(threads, busy) {
				letter = busy
				break
			}
		}
	}
	names := map[byte]string{'R': "running", 'S': "sleeping", 'D': "in disk sleep", 'Z': "zombie", 'T': "stopped", 't': "traced", 'X': "ended", 'I': "idle"}
	if name, ok := names[letter]; ok {
		return name
	}
	return string(letter)
}

// telling leaves out where idle threads of the Go runtime wait, unless nothing else is there.
func telling(waits []string) []string {
	idle := func(w string) bool {
		return strings.Contains(w, "futex") || strings.Contains(w, "ep_poll") || strings.Contains(w, "epoll_wait") || strings.Contains(w, "nanosleep")
	}
	if kept := slices.DeleteFunc(slices.Clone(waits), idle); len(kept) > 0 {
		return kept
	}
	return waits
}

// Rows returns the processes in the order of the tree.
func (t *ProcessTable) Rows() []ProcessRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// commandWidth is how many bytes of a command line a table shows.
const commandWidth = 60

// Table returns the tree as a table, with notes on zombies and orphans.
func (t *ProcessTable) Table() *Table {
	table := NewTable("process", "state", "parent", "group", "session", "threads", "waits in", "command")
	for _, r := range t.Rows() {
		name := fmt.Sprintf("%s%d", strings.Repeat("   ", max(r.Depth-1, 0))+strings.Repeat("└─ ", min(r.Depth, 1)), r.Pid)
		if r.Pid == t.self {
			name += " (this)"
		}
		table.Row(name, r.State, r.Parent, r.Group, r.Session, r.Threads, r.Waits, shorten(r.Command, commandWidth))
		if r.State == "zombie" {
			table.Note(fmt.Sprintf("Process %d is a zombie: it has ended, and its parent %d has not waited for it.", r.Pid, r.Parent))
		}
		if r.Orphan {
			table.Note(fmt.Sprintf("Process %d is an orphan: its parent has ended, and %d has become its parent.", r.Pid, r.Parent))
		}
	}
	return table
}

// String returns the table as text.
func (t *ProcessTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *ProcessTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
