package ptrace

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A usage is what a thread has had of the processors so far.
type usage struct {
	run   time.Duration // it ran
	ready time.Duration // it was ready to run, and another did
	turns int64         // how often it was given a processor
	gave  int64         // how often it gave it back itself, in each stop too
	known bool
}

// usage reads it, in a stop: a stopped thread does not use any. To tell how often it gave a processor back takes several times
// as long, so that it is only asked where another turn ended than the one that the stop ended.
func (k *task) usage() usage {
	u := k.scheduled()
	if k.last.known && u.turns == k.last.turns+1 {
		u.gave = k.last.gave + 1
	} else {
		u.gave = int64(number(k.tid, "voluntary_ctxt_switches:"))
	}
	k.last = u
	return u
}

// scheduled reads what the scheduler counts at all times. See the kernel's Documentation/scheduler/sched-stats.rst.
func (k *task) scheduled() (u usage) {
	if k.schedule == nil {
		f, err := os.Open(fmt.Sprintf("/proc/%d/task/%d/schedstat", k.pid, k.tid))
		if err != nil {
			return u
		}
		k.schedule = f
	}
	var text [96]byte
	n, err := unix.Pread(int(k.schedule.Fd()), text[:], 0)
	if err != nil {
		return u
	}
	numbers := [3]int64{}
	at := 0
	for _, c := range text[:n] {
		switch {
		case c >= '0' && c <= '9' && at < len(numbers):
			numbers[at] = 10*numbers[at] + int64(c-'0')
		case c == ' ':
			at++
		}
	}
	return usage{run: time.Duration(numbers[0]), ready: time.Duration(numbers[1]), turns: numbers[2], known: at == 2}
}

// forget closes what usage has opened.
func (k *task) forget() {
	k.last = usage{}
	if k.schedule != nil {
		k.schedule.Close()
		k.schedule = nil
	}
}

// spent says how much of a call that took wall was processor time, all of it the kernel's, and how much the thread waited
// for something else than a processor. Who has given its processor back in the stop alone has not waited: the rest is the
// tracer's. Who has lost it to others has not waited either, and on a busy machine the tracer comes late.
func spent(before, after usage, wall time.Duration) (system, waited time.Duration) {
	if !before.known || !after.known {
		return 0, 0
	}
	system = min(max(after.run-before.run, 0), wall)
	if after.gave-before.gave > 1 {
		waited = max(wall-system-max(after.ready-before.ready, 0), 0)
	}
	return system, waited
}
