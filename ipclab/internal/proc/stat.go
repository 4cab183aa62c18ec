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

	"ipclab/ipclab/procstat"
)

// A Stat is what /proc/PID/stat says about a process.
type Stat = procstat.Stat

// ParseStat reads a stat line.
func ParseStat(line []byte) (Stat, error) { return procstat.Parse(line) }

// ReadStat returns the state of process pid.
func ReadStat(pid int) (Stat, error) { return procstat.Read(pid) }

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
