package ipclab

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/mime"
)

// All returns the table with the descriptors of the notebook's kernel and of the Go runtime.
func (t *DescriptorTable) All() *DescriptorTable {
	if t == nil {
		return nil
	}
	whole := *t
	whole.all = true
	return &whole
}

// Rows returns the descriptors, ordered by process, parents first, and by number.
func (t *DescriptorTable) Rows() []DescriptorRow {
	if t == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.rows), func(r DescriptorRow) bool { return r.hidden && !t.all })
}

// Notes returns what is worth knowing about the pipes: where end of file cannot come, and why.
func (t *DescriptorTable) Notes() []string {
	if t == nil {
		return nil
	}
	return slices.Clone(t.notes)
}

// Table returns the descriptors as a table.
func (t *DescriptorTable) Table() *Table {
	table := NewTable("process", "descriptor", "refers to", "access", "close-on-exec", "other end held by")
	for _, r := range t.Rows() {
		onExec := "no"
		if r.CloseOnExec {
			onExec = "yes"
		}
		table.Row(fmt.Sprintf("%d (%s)", r.Pid, t.names[r.Pid]), int(r.FD), r.What, r.Access, onExec, r.Other)
	}
	for _, note := range t.Notes() {
		table.Note(note)
	}
	return table
}

// String returns the table as text.
func (t *DescriptorTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *DescriptorTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }

// otherEnd lists who holds the other end of the pipe of which d is an end.
func otherEnd(pipes []proc.Pipe, d proc.Descriptor) string {
	i := slices.IndexFunc(pipes, func(p proc.Pipe) bool { return p.File == d.File })
	switch {
	case d.Type() != unix.S_IFIFO || i < 0:
		return ""
	case d.Readable() && d.Writable():
		return "itself"
	case d.Readable():
		return holders(pipes[i].Writers)
	}
	return holders(pipes[i].Readers)
}

// holders lists processes with their descriptors.
func holders(fds []proc.Descriptor) string {
	if len(fds) == 0 {
		return "nobody"
	}
	var parts []string
	for _, d := range fds {
		parts = append(parts, fmt.Sprintf("%d (%d)", d.Pid, d.Number))
	}
	return strings.Join(parts, ", ")
}

// pipeNotes says what follows from who holds the ends of a pipe.
func pipeNotes(p proc.Pipe) []string {
	switch {
	case len(p.Writers) == 0:
		return []string{fmt.Sprintf("Nobody holds the write end of %s: a read returns what is left in it, then end of file.", p.Name)}
	case len(p.Readers) == 0:
		return []string{fmt.Sprintf("Nobody holds the read end of %s: a write fails with EPIPE.", p.Name)}
	}
	var notes, writers []string
	for _, w := range p.Writers {
		pid := fmt.Sprint(w.Pid)
		if !slices.Contains(writers, pid) {
			writers = append(writers, pid)
		}
		if slices.ContainsFunc(p.Readers, func(r proc.Descriptor) bool { return r.Pid == w.Pid }) {
			notes = append(notes, fmt.Sprintf("The write end of %s is also held by its reader, process %d (descriptor %d): end of file will not come to it while that is open.", p.Name, w.Pid, w.Number))
		}
	}
	if n := len(writers); n > 1 {
		list := strings.Join(writers[:n-1], ", ") + " and " + writers[n-1]
		notes = append(notes, fmt.Sprintf("The write end of %s is held by processes %s: end of file comes only when all of them have closed it.", p.Name, list))
	}
	return notes
}
