package ipclab

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"ipclab/ipclab/internal/owner"
	"ipclab/ipclab/internal/spooltext"
	"ipclab/ipclab/mime"
)

// A SpoolTable is what was in a spool at one moment.
type SpoolTable struct {
	path string
	rows []SpoolRow
}

// A SpoolRow is one job.
type SpoolRow struct {
	ID      string
	State   string    // "waiting", "claimed", "done" or "failed"
	Attempt int       // how many have begun it, the one that has it now, or will have it next, included; 0 once it is done
	Owner   LockOwner // of a claimed job; Pid is 0 otherwise
	Size    int       // bytes: of the job, or of its result
	Changed time.Time // when the file's contents were written
}

// Jobs returns the jobs that are in the spool, those that are done and failed included, oldest first. Each is looked at
// once, so one that moves meanwhile may be missing, or be there twice. Errors: EACCES, and ENOENT for a spool that was
// removed.
func (s *Spool) Jobs() (*SpoolTable, error) {
	if s == nil {
		return nil, spoolMissing("Jobs")
	}
	t := &SpoolTable{path: s.path}
	for _, folder := range []string{spoolNew, spoolClaimed} {
		entries, err := s.entries(folder)
		if err != nil {
			return nil, &Error{Call: "Jobs", Arg: s.path, Err: fileReason(s.in(folder, ""), err)}
		}
		for _, e := range entries {
			t.addOpen(s, folder, e)
		}
	}
	for _, folder := range []string{spoolDone, spoolFailed} {
		names, err := namesIn(s.in(folder, ""))
		if err != nil {
			return nil, &Error{Call: "Jobs", Arg: s.path, Err: fileReason(s.in(folder, ""), err)}
		}
		for _, id := range names {
			t.add(s.in(folder, id), SpoolRow{ID: id, State: folder})
		}
	}
	slices.SortStableFunc(t.rows, func(a, b SpoolRow) int { return strings.Compare(a.ID, b.ID) })
	return t, nil
}

// addOpen adds a job that waits or is claimed.
func (t *SpoolTable) addOpen(s *Spool, folder string, e spooltext.Entry) {
	if folder == spoolNew {
		t.add(s.in(spoolNew, e.Waiting()), SpoolRow{ID: e.ID, State: "waiting", Attempt: e.Attempt})
		return
	}
	row := SpoolRow{ID: e.ID, State: "claimed", Attempt: e.Attempt, Owner: lockOwner(e.Owner)}
	t.add((&Job{spool: s, entry: e}).path(), row)
}

// add adds a row for the file at path, if it is there still.
func (t *SpoolTable) add(path string, row SpoolRow) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	row.Size, row.Changed = int(info.Size()), info.ModTime()
	if info.IsDir() {
		row.Size = folderSize(path)
	}
	t.rows = append(t.rows, row)
}

// folderSize returns the bytes in the files of a folder.
func folderSize(path string) int {
	entries, _ := os.ReadDir(path)
	n := 0
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			n += int(info.Size())
		}
	}
	return n
}

// Rows returns the jobs, oldest first, as tidy data.
func (t *SpoolTable) Rows() []SpoolRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Count returns how many jobs are in a state: "waiting", "claimed", "done" or "failed".
func (t *SpoolTable) Count(state string) int {
	n := 0
	for _, r := range t.Rows() {
		if r.State == state {
			n++
		}
	}
	return n
}

// Table returns the jobs as a table.
func (t *SpoolTable) Table() *Table {
	table := NewTable("job", "state", "attempt", "owner", "size").Units("", "", "", "", "bytes")
	if t == nil {
		return table
	}
	table.Caption("Jobs in " + t.path)
	for _, r := range t.rows {
		var attempt, by any
		if r.Attempt > 0 {
			attempt = r.Attempt
		}
		if r.Owner.Pid > 0 {
			by = fmt.Sprintf("%d, %s", r.Owner.Pid, r.Owner.State)
		}
		table.Row(r.ID, r.State, attempt, by, r.Size)
		if r.Owner.State == owner.Gone.String() {
			table.Note("A job whose owner is gone comes back by Recover, or by the next ClaimWithin.")
		}
	}
	return table
}

// String returns the table as text.
func (t *SpoolTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *SpoolTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
