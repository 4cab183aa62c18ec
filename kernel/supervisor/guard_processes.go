package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/runtime/reap"
)

// How long to wait for the next look, by how many processes there are.
const (
	manyProcesses = 32
	suddenly      = 8 // more of them than at the last look
	withMany      = 10 * time.Millisecond
	withSome      = 50 * time.Millisecond
)

// boundProcesses ends the processes that cells have made if there are too many, and tells when to look again.
func (g *guard) boundProcesses(in *instance, f bounds.Family) time.Duration {
	made := len(f.Made)
	if made >= g.bounds.Processes && g.livingBeyond(f) {
		g.endMade(in)
		return soonest
	}
	switch {
	case made > manyProcesses || made > g.made+suddenly:
		return withMany
	case made > 0:
		return withSome
	}
	return calmly
}

// More processes and threads than at the last look are looked into at once if they are as many as the bound, within
// these limits.
const (
	someSudden = 30
	fewSudden  = 100
	manySudden = 300
)

// watch waits for the next look. If suddenly there are many processes on the machine, the cell is stopped and looked
// into; if it was stopped for nothing, since other users' processes count here too, it goes on a moment later.
func (g *guard) watch() {
	wait := max(time.Until(g.due), soonest)
	w := watch{group: g.group, tasks: g.tasks, more: max(fewSudden, min(manySudden, g.bounds.Processes)), some: someSudden, tick: wait}
	if g.running {
		w.tick = min(wait, tick)
	}
	if w.keep(int(wait / w.tick)) {
		halted := g.halted // now all are
		g.look()
		g.halted = halted
		g.resume(w.group)
	}
}

// resume has a process group go on, but for those who had been stopped before.
func (g *guard) resume(group int) {
	for _, pid := range reap.Group(group) {
		if !g.halted[pid] {
			_ = unix.Kill(pid, unix.SIGCONT)
		}
	}
}

// haltedOf finds the first of pids that are stopped.
func haltedOf(pids []int) map[int]bool {
	halted := map[int]bool{}
	for _, pid := range pids[:min(len(pids), manyProcesses)] {
		if line, err := os.ReadFile(procFile(pid, "stat")); err == nil && bytes.Contains(line, []byte(") T ")) {
			halted[pid] = true
		}
	}
	return halted
}

// livingBeyond tells whether there are too many processes without the zombies, which do nothing but have to be waited
// for. Fork counts them. A look stops at the bound, so where there are zombies more has to be looked at.
func (g *guard) livingBeyond(f bounds.Family) bool {
	for most := 2 * g.bounds.Processes; ; most *= 2 {
		if len(bounds.Living(f.Made))+1 > g.bounds.Processes {
			return true
		}
		seen := len(f.Made)
		if f = bounds.Look(g.kernel, most); len(f.Made) <= seen {
			return false
		}
	}
}

// endMade ends everything that came out of cells but the runtime process, and says so.
func (g *guard) endMade(in *instance) {
	most := g.killMade(in)
	why := fmt.Sprintf("[too many processes: there were more than %d at once (%s), %d when they were stopped. All were killed but the one that runs cells. "+
		"If there is to be room for more, start Jupyter with a larger %[2]s.]", g.bounds.Processes, bounds.ProcessesVariable, most+1)
	g.tell(in, why)
}

// killMade kills everything that came out of cells but the runtime process, and tells how many that were. What forks
// without end would outrun who kills one after the other, so all are stopped first, those in the runtime's process group
// at one stroke: the runtime too, for as long as this takes.
func (g *guard) killMade(in *instance) int {
	_ = unix.Kill(-in.pid, unix.SIGSTOP)
	most := g.stopMade()
	reap.KillAll(g.madeByCells, closeLimit)
	g.resume(in.pid) // nobody else is left in its group
	return most
}

// sweeps bounds how often what is not stopped yet is looked for.
const sweeps = 100

// stopMade stops the processes that cells have made until there is none left that runs, and tells how many there are.
func (g *guard) stopMade() int {
	stopped := map[int]bool{}
	for range sweeps {
		before := len(stopped)
		for _, pid := range g.madeByCells() {
			if !stopped[pid] {
				stopped[pid] = true
				_ = unix.Kill(pid, unix.SIGSTOP)
			}
		}
		if len(stopped) == before {
			break
		}
	}
	return len(stopped)
}

// madeByCells lists the living processes that came out of cells, from the table of all processes.
func (g *guard) madeByCells() []int {
	own := bounds.Look(g.kernel, 0).Own
	return slices.DeleteFunc(reap.Descendants(g.kernel, false), func(pid int) bool { return slices.Contains(own, pid) })
}

// processorTime is how long a process has run, in ticks (utime and stime of proc_pid_stat(5)); 0 for none.
func processorTime(pid int) uint64 {
	line, err := os.ReadFile(procFile(pid, "stat"))
	fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:])
	if err != nil || len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseUint(string(fields[11]), 10, 64)
	system, _ := strconv.ParseUint(string(fields[12]), 10, 64)
	return user + system
}
