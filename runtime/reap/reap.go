// Package reap finds and ends every process that came out of a runtime
// process, however far it has gone: its descendants, and orphans that still
// carry the mark it gave them in their environment.
//
// It is not a process manager: it only kills, by pid, and only what it has just
// seen in /proc. The hazard is the one of every kill by pid: between the look
// and the signal a process may end and its number be used again. The time
// between is microseconds, and numbers are reused last.
package reap

import (
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/procstat"
)

// MarkVariable is the environment variable that marks what belongs to one
// kernel. Every process that a cell starts inherits it unless it clears its
// environment on purpose.
const MarkVariable = "IPCLAB_KERNEL"

// Descendants lists the living processes below pid, children before
// grandchildren. A zombie counts as living only where zombies is true.
func Descendants(pid int, zombies bool) []int {
	table := snapshot()
	children := map[int][]int{}
	for p, s := range table {
		children[s.PPid] = append(children[s.PPid], p)
	}
	var found []int
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		for _, p := range children[queue[0]] {
			if zombies || table[p].State != 'Z' {
				found = append(found, p)
			}
		}
		queue = append(queue, children[queue[0]]...)
	}
	return found
}

// snapshotTries bounds how often the process table is read again.
const snapshotTries = 20

// snapshot reads the process table. /proc is not read in one moment: a process
// that ends meanwhile leaves children who were seen with a parent that is not
// there any more, and would be missed. Then the table is read again.
func snapshot() map[int]procstat.Stat {
	for try := 1; ; try++ {
		table := map[int]procstat.Stat{}
		for _, p := range pids() {
			if s, err := procstat.Read(p); err == nil {
				table[p] = s
			}
		}
		if isWhole(table) || try == snapshotTries {
			return table
		}
	}
}

// isWhole reports whether the parent of every process is there too. A parent
// outside of the pid namespace is shown as 0.
func isWhole(table map[int]procstat.Stat) bool {
	for _, s := range table {
		if _, ok := table[s.PPid]; !ok && s.PPid != 0 {
			return false
		}
	}
	return true
}

// Group lists the living processes of process group pgid.
func Group(pgid int) []int {
	var found []int
	for _, p := range pids() {
		if s, err := procstat.Read(p); err == nil && s.PGrp == pgid && s.State != 'Z' {
			found = append(found, p)
		}
	}
	return found
}

// Marked lists the living processes whose environment has mark as the value of
// MarkVariable. Those of other users are not seen.
func Marked(mark string) []int {
	if mark == "" {
		return nil
	}
	entry := []byte(MarkVariable + "=" + mark)
	var found []int
	for _, p := range pids() {
		if !isGiven(p, entry) {
			continue
		}
		if s, err := procstat.Read(p); err == nil && s.State != 'Z' {
			found = append(found, p)
		}
	}
	return found
}

// KillAll sends SIGKILL to whatever list names, except to this process, again
// and again until list names nothing more or the time limit has passed: a
// process may fork while it is being looked for. It returns what is left.
func KillAll(list func() []int, limit time.Duration) []int {
	self := os.Getpid()
	pause := 200 * time.Microsecond
	var killed []int // what list named before: a process on its way out has no environment any more, but still its files
	for end := time.Now().Add(limit); ; {
		left := slices.DeleteFunc(list(), func(p int) bool { return p == self })
		for _, p := range killed {
			if !slices.Contains(left, p) && lives(p) {
				left = append(left, p)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			return left
		}
		for _, p := range left {
			_ = unix.Kill(p, unix.SIGKILL)
		}
		killed = left
		// A killed process needs a moment to go; /proc tells no other way.
		time.Sleep(pause)
		pause = min(2*pause, 20*time.Millisecond)
	}
}

// lives reports whether a process is there and is not one that has ended.
func lives(pid int) bool {
	s, err := procstat.Read(pid)
	return err == nil && s.State != 'Z' && s.State != 'X'
}

// pids lists all processes that /proc shows.
func pids() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	var found []int
	for _, name := range names {
		if p, err := strconv.Atoi(name); err == nil {
			found = append(found, p)
		}
	}
	return found
}

// Stopped reports whether a signal has stopped a process.
func Stopped(pid int) bool {
	s, err := procstat.Read(pid)
	return err == nil && s.State == 'T'
}
