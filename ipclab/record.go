package ipclab

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/record"
	"ipclab/ipclab/machine"
	"ipclab/ipclab/mime"
)

// A Record is what is kept of an experiment: its runs, with their parameters and what they measured, the machine they were
// made on, tables and notes. It lies beside the notebook in two files, NAME.json and NAME.csv, which are written anew at
// each change, whole or not at all. The schema of both is described in the package ipclab/internal/record; JSON names it
// in its first line.
//
// A cell that ends in a Record shows a table of its medians.
type Record struct {
	mu     sync.Mutex
	keeper *record.Keeper
	file   *record.File
}

// Parameters are what was set for a run: numbers, texts and booleans by name.
type Parameters map[string]any

// Experiment opens the record of an experiment in the working folder, which is the notebook's, or begins one. The name
// is that of its files, without ending; it may have a folder before it, which must exist.
//
// Errors: EINVAL for a name that is empty or ends in a slash; ENOENT if the folder does not exist; EEXIST if the file is not the record of an experiment; those
// of open(2).
func Experiment(name string) (*Record, error) {
	base := filepath.Base(name)
	if name == "" || strings.HasSuffix(name, "/") || base == "." || base == ".." {
		return nil, &Error{Call: "Experiment", Arg: fmt.Sprintf("%q", name), Err: because(unix.EINVAL, "the name is that of a file, without ending")}
	}
	if !filepath.IsAbs(name) {
		folder, err := os.Getwd() // a later change of the working folder must not move it
		if err != nil {
			return nil, &Error{Call: "Experiment", Arg: name, Err: err}
		}
		name = filepath.Join(folder, name)
	}
	keeper, file, err := record.Open(name)
	switch {
	case err != nil && errnoIn(err) == 0:
		return nil, &Error{Call: "Experiment", Arg: name, Err: because(unix.EEXIST, "%v; choose another name", err)}
	case err != nil:
		return nil, &Error{Call: "Experiment", Arg: name, Err: err}
	case file == nil:
		if _, err := os.Stat(filepath.Dir(name)); err != nil { // or what the first run has measured would be lost
			return nil, &Error{Call: "Experiment", Arg: name, Err: err}
		}
		file = &record.File{Schema: record.Schema, Name: base, Created: time.Now().UTC().Truncate(time.Second),
			Notes: []string{}, Machines: []machine.Facts{}, Runs: []record.Run{}}
	}
	return &Record{keeper: keeper, file: file}, nil
}

// Path returns the path of the file in JSON.
func (r *Record) Path() string { return r.keeper.JSON() }

// Runs returns how many runs are kept.
func (r *Record) Runs() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.file.Runs)
}

// Note keeps a text. The same text is kept once. Errors: those of writing the files; EBUSY if someone else has written
// them since: open the experiment again.
func (r *Record) Note(text string) error {
	return r.change(func(f *record.File) {
		if !slices.Contains(f.Notes, text) {
			f.Notes = append(f.Notes, text)
		}
	})
}

// Run runs f once, and keeps what it measured. If f returns an error or panics, nothing of it is kept.
//
// Errors: EINVAL for a parameter that is no finite number, text or boolean; that of f; those of Note.
func (r *Record) Run(parameters Parameters, f func(*Run) error) error {
	set, err := settings(parameters)
	if err != nil {
		return err
	}
	return r.run(set, r.done(set), f)
}

// done counts the runs with these parameters.
func (r *Record) done(set map[string]any) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.file.Runs {
		if record.Key(run.Parameters) == record.Key(set) {
			n = max(n, run.Repetition+1)
		}
	}
	return n
}

func (r *Record) run(set map[string]any, repetition int, f func(*Run) error) error {
	if f == nil {
		return &Error{Call: "Run", Err: because(unix.EINVAL, "there is no function to run")}
	}
	run := &Run{kept: record.Run{Parameters: set, Repetition: repetition, Started: time.Now().UTC(),
		Values: []record.Values{}, Tables: []record.Table{}, Notes: []string{}}}
	if err := f(run); err != nil {
		return fmt.Errorf("run with %s: %w", parametersText(set), err)
	}
	run.kept.Seconds = time.Since(run.kept.Started).Seconds()
	run.kept.Started = run.kept.Started.Truncate(time.Second)
	facts := machine.Read()
	return r.change(func(file *record.File) {
		run.kept.Machine = slices.Index(file.Machines, facts)
		if run.kept.Machine < 0 {
			run.kept.Machine = len(file.Machines)
			file.Machines = append(file.Machines, facts)
		}
		file.Runs = append(file.Runs, run.kept)
	})
}

// change changes what is kept, and writes it. If that fails, all is as it was.
func (r *Record) change(f func(*record.File)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed := *r.file
	changed.Notes, changed.Machines, changed.Runs = slices.Clone(r.file.Notes), slices.Clone(r.file.Machines), slices.Clone(r.file.Runs)
	f(&changed)
	if err := r.keeper.Write(&changed); err != nil {
		if errnoIn(err) == 0 {
			err = because(unix.EBUSY, "%v; open the experiment again", err)
		}
		return &Error{Call: "Experiment", Arg: r.keeper.JSON(), Err: err}
	}
	*r.file = changed
	return nil
}

// Remove removes the files. What was kept is lost.
func (r *Record) Remove() error {
	for _, path := range []string{r.keeper.JSON(), r.keeper.CSV()} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return &Error{Call: "unlink", Arg: path, Err: err}
		}
	}
	return nil
}

// settings checks parameters and makes them what they will be when they are read again.
func settings(parameters Parameters) (map[string]any, error) {
	set := map[string]any{}
	for name, value := range parameters {
		switch v := value.(type) {
		case string, bool, int, float64:
			set[name] = v
		case time.Duration:
			set[name] = v.String()
		case int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32:
			set[name] = plainNumber(v)
		default:
			return nil, &Error{Call: "Run", Arg: fmt.Sprintf("parameter %q", name), Err: because(unix.EINVAL, "a %T cannot be kept; use a number, a text or a boolean", value)}
		}
		f, ok := set[name].(float64)
		switch {
		case ok && (math.IsNaN(f) || math.IsInf(f, 0)):
			return nil, &Error{Call: "Run", Arg: fmt.Sprintf("parameter %q", name), Err: because(unix.EINVAL, "%v cannot be kept; use a finite number", f)}
		case ok && f == float64(int(f)):
			set[name] = int(f)
		}
	}
	return set, nil
}

// parametersText is what a person reads: "mechanism=pipe size=64".
func parametersText(set map[string]any) string {
	var parts []string
	for name, value := range set {
		parts = append(parts, fmt.Sprintf("%s=%v", name, value))
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return "no parameters"
	}
	return strings.Join(parts, " ")
}

// String returns the table as text.
func (r *Record) String() string { return r.Table().String() }

// MIMEBundle returns the table in all its representations.
func (r *Record) MIMEBundle() mime.Bundle { return r.Table().MIMEBundle() }
