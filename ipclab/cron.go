package ipclab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// A CronFolder is a folder whose programs are to be run at intervals, as cron runs those in /etc/cron.hourly: whoever may
// put a file there has it run, and nothing else has to be told.
type CronFolder struct {
	Path  string
	Every time.Duration // from one run to the next, at least a millisecond
}

// CronOptions are what Cron and RunParts may be told. The zero value is good.
type CronOptions struct {
	Runs  int           // how many times Cron runs a folder before it returns, all folders together; 0: until the limit
	Entry time.Duration // how long one program may take; then it is killed, with its process group; 0 means a minute
}

// A CronTable says which programs were run, in order.
type CronTable struct {
	rows  []CronRow
	notes []string
}

// A CronRow is one run of one program.
type CronRow struct {
	Folder  string
	Program string
	Started time.Time
	Took    time.Duration
	Status  Status
	TooLong bool // it was killed because its time was up
}

// RunParts runs the programs in a folder, once, one after the other in the order of their names, as run-parts(8) does:
// files that may be executed and whose names are letters, digits, "_" and "-" only, so that copies an editor leaves behind
// (job~, job.bak) are not run. They have no input, this process's output, and a process group of their own, which is killed
// when they have ended. A program that fails does not keep the next from being run.
//
// Errors: ENOENT, ENOTDIR or EACCES for the folder; EINVAL for options out of range; those of Fork.
func RunParts(folder string, options ...CronOptions) (*CronTable, error) {
	o, err := cronOptions(options)
	if err != nil {
		return nil, &Error{Call: "RunParts", Arg: folder, Err: err}
	}
	t := &CronTable{}
	if err := t.runFolder(folder, o.Entry); err != nil {
		return t, &Error{Call: "RunParts", Arg: folder, Err: err}
	}
	return t, nil
}

// Cron is a small cron daemon: it runs the programs in each folder at its interval, as RunParts does, until the limit has
// passed or the runs asked for have been made, and returns what it ran. Call it in a child for a daemon in the background.
//
// In the folder state, which is made if it is not there, are its lock file, so that there is one daemon at a time, and for
// each folder a file with the time of its last run, as anacron(8) has. So a daemon that is started again goes on with the
// intervals of the one before, and runs a folder whose time has passed meanwhile at once, and once. The time is written
// before the programs are started: a daemon killed in the middle of a run does not repeat it.
//
// Errors: EEXIST if a daemon with this state runs; EINVAL for no folders, two of one name, an interval below a
// millisecond, a negative limit; those of NewLockFile and RunParts.
func Cron(state string, folders []CronFolder, limit time.Duration, options ...CronOptions) (*CronTable, error) {
	o, err := cronOptions(options)
	if err == nil {
		err = checkCron(folders, limit)
	}
	if err == nil {
		err = makeCronState(state)
	}
	if err != nil {
		return nil, &Error{Call: "Cron", Arg: state, Err: err}
	}
	lock, err := NewLockFile(filepath.Join(state, "cron.lock"))
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	t := &CronTable{}
	if err := t.serve(state, folders, time.Now().Add(limit), o); err != nil {
		return t, &Error{Call: "Cron", Arg: state, Err: err}
	}
	return t, nil
}

// makeCronState makes a folder if it is not there.
func makeCronState(path string) error {
	const permissions = 0o755
	if err := bareErrno(os.MkdirAll(path, permissions)); err != nil {
		return fileReason(path, err)
	}
	return nil
}

// cronOptions checks the options and puts in what is usual.
func cronOptions(options []CronOptions) (CronOptions, error) {
	if len(options) > 1 {
		return CronOptions{}, because(unix.EINVAL, "options given %d times", len(options))
	}
	var o CronOptions
	if len(options) == 1 {
		o = options[0]
	}
	if o.Runs < 0 || o.Entry < 0 {
		return o, because(unix.EINVAL, "%d runs, %v for a program: want 0 or more", o.Runs, o.Entry)
	}
	if o.Entry == 0 {
		o.Entry = time.Minute
	}
	return o, nil
}

// checkCron returns an error for folders that cannot be served.
func checkCron(folders []CronFolder, limit time.Duration) error {
	if len(folders) == 0 || limit < 0 {
		return because(unix.EINVAL, "%d folders, limit %v", len(folders), limit)
	}
	seen := map[string]bool{}
	for _, f := range folders {
		name := filepath.Base(f.Path)
		if f.Every < time.Millisecond {
			return because(unix.EINVAL, "folder %s every %v: want at least a millisecond", f.Path, f.Every)
		}
		if seen[name] {
			return because(unix.EINVAL, "two folders are named %s, by which the time of the last run is kept", name)
		}
		seen[name] = true
	}
	return nil
}

// serve runs each folder when it is due.
func (t *CronTable) serve(state string, folders []CronFolder, end time.Time, o CronOptions) error {
	for runs := 0; o.Runs == 0 || runs < o.Runs; runs++ {
		next, due, err := nextRun(state, folders)
		if err != nil {
			return err
		}
		if due.After(end) {
			return awaitAnyReadable(nil, end)
		}
		if err := awaitAnyReadable(nil, due); err != nil {
			return err
		}
		if err := writeStamp(stampOf(state, next)); err != nil {
			return err
		}
		if err := t.runFolder(next.Path, o.Entry); err != nil {
			return err
		}
	}
	return nil
}

// nextRun returns the folder that is due first, and when.
func nextRun(state string, folders []CronFolder) (next CronFolder, due time.Time, err error) {
	for i, f := range folders {
		last, err := readStamp(stampOf(state, f))
		if err != nil {
			return next, due, err
		}
		if d := last.Add(f.Every); i == 0 || d.Before(due) {
			next, due = f, d
		}
	}
	return next, due, nil
}

// stampOf returns the path of the file with the time of a folder's last run.
func stampOf(state string, f CronFolder) string {
	return filepath.Join(state, filepath.Base(f.Path)+".last")
}

// readStamp reads a time; long ago where there is none, or none in the past: then the folder is due.
func readStamp(path string) (time.Time, error) {
	text, err := readWhole(path)
	if err != nil && err != unix.ENOENT {
		return time.Time{}, fileReason(path, err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if t := time.Unix(0, n); err == nil && !t.After(time.Now()) {
		return t, nil
	}
	return time.Time{}, nil
}

// writeStamp replaces the time in a file by now. Whoever reads it sees the old one or the new one, never a part: the new
// one is written aside and renamed. Only the one daemon does so.
func writeStamp(path string) error {
	aside := path + ".new"
	if err := unix.Unlink(aside); err != nil && err != unix.ENOENT { // of a daemon that was killed
		return err
	}
	fd, err := retry(func() (int, error) {
		return unix.Open(aside, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, spoolFile)
	})
	if err != nil {
		return fileReason(path, err)
	}
	if err := writeToDisk(fd, fmt.Appendln(nil, time.Now().UnixNano())); err != nil {
		unix.Unlink(aside)
		return fileReason(path, err)
	}
	if err := unix.Rename(aside, path); err != nil {
		return fileReason(path, err)
	}
	return syncFolder(filepath.Dir(path))
}

// Rows returns the runs in order, as tidy data.
func (t *CronTable) Rows() []CronRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the runs as a table, with notes on what was not run.
func (t *CronTable) Table() *Table {
	table := NewTable("folder", "program", "started", "took", "how it ended").Units("", "", "", "ms", "")
	if t == nil {
		return table
	}
	for _, r := range t.rows {
		how := r.Status.String()
		if r.TooLong {
			how += ", its time was up"
		}
		table.Row(r.Folder, r.Program, r.Started.Format("15:04:05.000"), r.Took, how)
	}
	for _, n := range t.notes {
		table.Note(n)
	}
	return table
}

// String returns the table as text.
func (t *CronTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *CronTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
