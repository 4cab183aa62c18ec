package ipclab

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/owner"
	"ipclab/ipclab/internal/spooltext"
)

// Recover puts jobs that were claimed by processes which are gone back among those that wait, and returns their ids. One
// whose result is there is not begun again: its process died after it had recorded the result. Files that such processes
// were writing are removed. Any process may recover, several at once too: each job comes back once. Jobs of processes on
// another machine, or in another pid namespace, are left alone. Errors: EACCES, and others of rename(2).
func (s *Spool) Recover() (ids []string, err error) {
	if s == nil {
		return nil, spoolMissing("Recover")
	}
	if ids, err = s.recover(); err != nil {
		return ids, &Error{Call: "Recover", Arg: s.path, Err: fileReason(s.in(spoolClaimed, ""), err)}
	}
	return ids, nil
}

// recover is Recover. An owner that is gone changes nothing any more, so what is found out about its jobs stays true,
// until another recovers them: then the rename or removal here finds no file of that name.
func (s *Spool) recover() (ids []string, err error) {
	claimed, err := s.entries(spoolClaimed)
	if err != nil {
		return nil, err
	}
	for _, e := range claimed {
		if e.Owner.State() != owner.Gone {
			continue
		}
		back, err := s.putBack(e)
		if err != nil && err != unix.ENOENT { // which says that another was faster
			return ids, err
		}
		if back {
			ids = append(ids, e.ID)
		}
	}
	return ids, s.sweep()
}

// putBack renames a claimed job back to new, and reports whether it did: one that is finished it removes.
func (s *Spool) putBack(e spooltext.Entry) (bool, error) {
	claimed := (&Job{spool: s, entry: e}).path()
	finished, err := s.finished(e.ID)
	switch {
	case err != nil:
		return false, err
	case finished:
		return false, bareErrno(os.RemoveAll(claimed))
	}
	e.Attempt++
	err = renameNew(claimed, s.in(spoolNew, e.Waiting()))
	return err == nil, err
}

// finished reports whether a job has a result, or has failed.
func (s *Spool) finished(id string) (bool, error) {
	for _, folder := range []string{spoolDone, spoolFailed} {
		err := unix.Access(s.in(folder, id), unix.F_OK)
		if err == nil {
			return true, nil
		} else if err != unix.ENOENT {
			return false, err
		}
	}
	return false, nil
}

// sweep removes what processes that are gone were writing.
func (s *Spool) sweep() error {
	names, err := namesIn(s.in(spoolTmp, ""))
	if err != nil {
		return err
	}
	for _, name := range names {
		first, _, _ := strings.Cut(name, spooltext.Separator)
		if o, err := owner.Parse(first); err != nil || o.State() != owner.Gone {
			continue
		}
		if err := os.RemoveAll(s.in(spoolTmp, name)); err != nil {
			return bareErrno(err)
		}
	}
	return nil
}
