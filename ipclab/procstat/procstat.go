// Package procstat reads /proc/PID/stat, the state of a process in one line: for ipclab's tables, and for those who own
// processes and have to end them. See proc_pid_stat(5).
package procstat

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
)

// A Stat is what the line says, as far as anybody here asks.
type Stat struct {
	Pid     int
	Comm    string // the command's name, at most 15 bytes
	State   byte   // R, S, D, Z, T, t, X, I
	PPid    int
	PGrp    int
	Session int
	User    uint64 // processor time in the program, in clock ticks (1/100 s)
	System  uint64 // processor time in the kernel on its behalf
	Threads int
	Start   uint64 // when it started, in clock ticks since boot
}

// ErrFormat says that the kernel wrote something unexpected.
var ErrFormat = errors.New("unexpected format in /proc")

// Fields behind the command's name, of which the first is the state.
const (
	state = iota
	parent
	group
	session
	user       = 11
	system     = 12
	threads    = 17
	start      = 19
	fieldsRead = 20
)

// Parse reads a line. The command's name is between the first "(" and the last ")", since a name may contain both, and
// spaces.
func Parse(line []byte) (Stat, error) {
	open, end := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if open < 1 || end < open {
		return Stat{}, ErrFormat
	}
	rest := strings.Fields(string(line[end+1:]))
	if len(rest) < fieldsRead || len(rest[state]) != 1 {
		return Stat{}, ErrFormat
	}
	s := Stat{Comm: string(line[open+1 : end]), State: rest[state][0]}
	var errs []error
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		errs = append(errs, err)
		return n
	}
	count := func(text string) uint64 {
		n, err := strconv.ParseUint(text, 10, 64)
		errs = append(errs, err)
		return n
	}
	s.Pid = number(strings.TrimSpace(string(line[:open])))
	s.PPid, s.PGrp, s.Session = number(rest[parent]), number(rest[group]), number(rest[session])
	s.User, s.System = count(rest[user]), count(rest[system])
	s.Threads, s.Start = number(rest[threads]), count(rest[start])
	if errors.Join(errs...) != nil {
		return Stat{}, ErrFormat
	}
	return s, nil
}

// Read returns the state of process pid. One that has ended is ENOENT or ESRCH.
func Read(pid int) (Stat, error) {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return Stat{}, err
	}
	return Parse(line)
}
