package supervisor

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/ipclab/procstat"
	"ipclab/runtime/reap"
)

// So many processes more than at the last look are a reason to look again soon. What comes faster trips the wire.
const (
	suddenly = 8
	soon     = 10 * time.Millisecond
)

// boundProcesses ends the processes that cells have made if there are too many, and tells when to look again.
func (g *guard) boundProcesses(in *instance, f bounds.Family) time.Duration {
	made := len(f.Made)
	if made >= g.bounds.Processes && g.livingBeyond(f) {
		g.endMade(in)
		return soonest
	}
	if made > g.made+suddenly {
		return soon
	}
	return rarely
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
	g.killMade(in, func(most int) string {
		return fmt.Sprintf("[too many processes: there were more than %d at once (%s), %d when they were stopped. All were killed but the one that runs cells. "+
			"If there is to be room for more, start Jupyter with a larger %[2]s.]", g.bounds.Processes, bounds.ProcessesVariable, most+1)
	})
}

// killMade kills everything that came out of cells but the runtime process. What forks without end would outrun who kills
// one after the other, so all are stopped first, those in the runtime's process group at one stroke: the runtime too, for
// as long as this takes. What is to be told, given how many there are, is told before any has ended, and the cell with it.
func (g *guard) killMade(in *instance, why func(most int) string) {
	defer g.hold(in.pid)()
	most := g.stopMade()
	g.tell(in, why(most))
	reap.KillAll(g.madeByCells, closeLimit)
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
	s, err := procstat.Read(pid)
	if err != nil {
		return 0
	}
	return s.User + s.System
}

// usedByThread is for how long this thread has had a processor. On a busy machine a look takes long and costs no more than
// usual: measured by the clock, it would keep the guard from looking again for seconds.
func usedByThread() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
