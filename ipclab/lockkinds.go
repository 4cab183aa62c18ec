package ipclab

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// LockKindsOptions are what LockKinds may be told. The zero value is good.
type LockKindsOptions struct {
	Limit time.Duration // how long two processes that wait for each other are left to it; 0 means 100 ms
}

// A LockKindsTable says how kinds of locks on files differ.
type LockKindsTable struct{ rows []LockKindsRow }

// A LockKindsRow is what processes found out about one kind of lock.
type LockKindsRow struct {
	Kind       string // "lock file", "flock", "fcntl" or "fcntl OFD"
	Range      bool   // one byte can be locked while another is locked by somebody else
	Itself     bool   // it keeps out a second open(2) of the file in the process that holds it
	Inherited  bool   // a forked child may pass too, with the descriptor it got from its parent
	OtherClose bool   // it is gone when its process closes another descriptor of the same file
	Killed     bool   // it is gone when its holder is killed
	Deadlock   bool   // two processes that wait for each other are told: EDEADLK
}

// LockKinds finds out, with files and processes of its own, in what four kinds of lock differ: lock files (NewLockFile),
// flock(2), record locks of POSIX, and those of open file descriptions (both RangeLock). It takes under a second, most of
// which is two processes waiting for each other where nobody tells them.
//
// The files are in a folder made for it; neither it nor a process is left.
//
// Errors: EINVAL for a limit below 0 or above a minute; those of the locks, and of Fork.
func LockKinds(options ...LockKindsOptions) (*LockKindsTable, error) {
	limit, err := lockKindsLimit(options)
	if err != nil {
		return nil, &Error{Call: "LockKinds", Arg: "options", Err: err}
	}
	t := &LockKindsTable{}
	for _, kind := range lockKinds {
		row, err := kind.examine(limit)
		if err != nil {
			return nil, &Error{Call: "LockKinds", Arg: kind.name, Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// lockKindsLimit checks the options and puts in what is usual.
func lockKindsLimit(options []LockKindsOptions) (time.Duration, error) {
	const usual, most = 100 * time.Millisecond, time.Minute
	switch {
	case len(options) > 1:
		return 0, because(unix.EINVAL, "given %d times", len(options))
	case len(options) == 0 || options[0].Limit == 0:
		return usual, nil
	case options[0].Limit < 0 || options[0].Limit > most:
		return 0, because(unix.EINVAL, "limit %v: want up to %v", options[0].Limit, most)
	}
	return options[0].Limit, nil
}

// Rows returns a row for each kind, as tidy data.
func (t *LockKindsTable) Rows() []LockKindsRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *LockKindsTable) Table() *Table {
	table := NewTable("lock", "covers", "a second open(2) in its process", "a forked child", "closing another descriptor",
		"its holder killed", "two wait for each other").Caption("Locks on files, as processes find them")
	choose := func(b bool, yes, no string) string {
		if b {
			return yes
		}
		return no
	}
	for _, r := range t.Rows() {
		table.Row(r.Kind, choose(r.Range, "a range of bytes", "the whole file"), choose(r.Itself, "is kept out", "passes"),
			choose(r.Inherited, "holds it too", "is kept out"), choose(r.OtherClose, "lets it go", "changes nothing"),
			choose(r.Killed, "lets it go", "leaves it, stale"), choose(r.Deadlock, "EDEADLK", "for ever"))
	}
	return table.Note("All are advisory: a process that does not ask reads and writes as it likes.").
		Note("A stale lock file is found by its owner, who is gone, and taken over by NewLockFile.").
		Note("A record lock of POSIX is the process's, not the descriptor's; flock and OFD locks are the open file description's.")
}

// String returns the table as text.
func (t *LockKindsTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *LockKindsTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
