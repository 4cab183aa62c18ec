// Package proc reads what Linux says about processes in /proc: state and parentage, descriptors and what they refer to.
//
// It is a reader only, and keeps no state. Formats are those of proc(5), proc_pid_stat(5) and proc_pid_fdinfo(5).
//
// The hazard: processes come and go while they are read. A process that is gone is an error (ENOENT or ESRCH) to who
// asked for it by number, and is left out of lists.
package proc

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Stat is what /proc/PID/stat says about a process.
type Stat struct {
	Pid     int
	Comm    string // the command's name, at most 15 bytes
	State   byte   // R, S, D, Z, T, t, X, I
	PPid    int
	PGrp    int
	Session int
	Threads int
	Start   uint64 // when it started, in clock ticks (1/100 s) since boot
}

// errFormat says that the kernel wrote something unexpected.
var errFormat = errors.New("unexpected format in /proc")

// fieldsAfterComm is how many fields of a stat line this package reads beyond the command's name: up to starttime.
const fieldsAfterComm = 20

// ParseStat reads a stat line. The command's name is between the first "(" and the last ")", since a name may contain
// both, and spaces.
func ParseStat(line []byte) (Stat, error) {
	open, end := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if open < 1 || end < open {
		return Stat{}, errFormat
	}
	rest := strings.Fields(string(line[end+1:]))
	if len(rest) < fieldsAfterComm || len(rest[0]) != 1 {
		return Stat{}, errFormat
	}
	s := Stat{Comm: string(line[open+1 : end]), State: rest[0][0]}
	var err error
	number := func(text string) int {
		n, e := strconv.Atoi(text)
		err = errors.Join(err, e)
		return n
	}
	s.Pid = number(strings.TrimSpace(string(line[:open])))
	s.PPid, s.PGrp, s.Session = number(rest[1]), number(rest[2]), number(rest[3])
	s.Threads = number(rest[17])
	start, e := strconv.ParseUint(rest[19], 10, 64)
	s.Start = start
	if errors.Join(err, e) != nil {
		return Stat{}, errFormat
	}
	return s, nil
}

// ReadStat returns the state of process pid.
func ReadStat(pid int) (Stat, error) {
	line, err := os.ReadFile(path(pid, "stat"))
	if err != nil {
		return Stat{}, err
	}
	return ParseStat(line)
}

// Gone reports whether err says that a process has ended.
func Gone(err error) bool { return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) }

// Command returns the command line of process pid, with spaces between the arguments; its name in brackets if it has
// none, as a zombie or a thread of the kernel.
func Command(s Stat) string {
	line, err := os.ReadFile(path(s.Pid, "cmdline"))
	if err == nil && len(line) > 0 {
		return strings.TrimSpace(string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
	}
	return "[" + s.Comm + "]"
}

// Exe returns what identifies the program that process pid runs, and false if it may not be read.
func Exe(pid int) (string, bool) {
	name, err := os.Readlink(path(pid, "exe"))
	return name, err == nil
}

// path returns the path of a file about process pid.
func path(pid int, names ...string) string {
	return "/proc/" + strconv.Itoa(pid) + "/" + strings.Join(names, "/")
}
