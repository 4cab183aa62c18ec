// Package spooltext reads and writes what processes leave for each other in a spool: the names of jobs, and the control
// files of print jobs.
//
// The hazard: whoever may write to the folder may have put anything there. What is not as it should be is no entry, or an
// error.
package spooltext

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ipclab/ipclab/internal/owner"
)

// Separator is between the parts of names, in none of which it occurs.
const Separator = ","

// An Entry is a job that waits or is claimed.
type Entry struct {
	Owner   owner.Owner // of a claimed one
	ID      string
	Attempt int
}

// Waiting returns the name of a job that waits: "ID,ATTEMPT".
func (e Entry) Waiting() string { return e.ID + Separator + strconv.Itoa(e.Attempt) }

// Claimed returns the name of a job that is claimed: "OWNER,ID,ATTEMPT".
func (e Entry) Claimed() string { return e.Owner.Name() + Separator + e.Waiting() }

// ParseWaiting reads the name of a job that waits.
func ParseWaiting(name string) (Entry, bool) {
	id, tries, _ := strings.Cut(name, Separator)
	n, err := strconv.Atoi(tries)
	e := Entry{ID: id, Attempt: n}
	return e, err == nil && id != "" && n > 0 && e.Waiting() == name
}

// ParseClaimed reads the name of a job that is claimed.
func ParseClaimed(name string) (Entry, bool) {
	who, rest, _ := strings.Cut(name, Separator)
	o, err := owner.Parse(who)
	e, ok := ParseWaiting(rest)
	e.Owner = o
	return e, ok && err == nil
}

// A Control is what the control file of a print job says.
type Control struct {
	Number    int
	User      string
	Title     string
	Copies    int
	Documents int
}

// String returns the contents of the control file. Texts are quoted as in Go, so that each is on one line.
func (c Control) String() string {
	return fmt.Sprintf("number: %d\nuser: %q\ntitle: %q\ncopies: %d\ndocuments: %d\n", c.Number, c.User, c.Title, c.Copies, c.Documents)
}

// ParseControl reads a control file. Lines of other names are passed over.
func ParseControl(text string) (c Control, err error) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		values[name] = strings.TrimSpace(value)
	}
	number := func(name string) int {
		n, e := strconv.Atoi(values[name])
		if e != nil || n < 0 {
			err = errors.Join(err, fmt.Errorf("%s is no number", name))
		}
		return n
	}
	quoted := func(name string) string {
		s, e := strconv.Unquote(values[name])
		if e != nil {
			err = errors.Join(err, fmt.Errorf("%s is no quoted text", name))
		}
		return s
	}
	c = Control{number("number"), quoted("user"), quoted("title"), number("copies"), number("documents")}
	if err != nil {
		return Control{}, err
	}
	return c, nil
}
