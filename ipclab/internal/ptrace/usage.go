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
	known bool
}

// usage reads it. A stopped thread does not use any. See the kernel's Documentation/scheduler/sched-stats.rst.
func (k *task) usage() (u usage) {
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
	if k.schedule != nil {
		k.schedule.Close()
		k.schedule = nil
	}
}

// spent says how much of a call that took wall was processor time, all of it the kernel's, and how much the thread waited
// for something else than a processor. Who never gave the processor back has not waited: the rest is the tracer's.
func spent(before, after usage, wall time.Duration) (system, waited time.Duration) {
	if !before.known || !after.known {
		return 0, 0
	}
	system = min(max(after.run-before.run, 0), wall)
	if after.turns-before.turns > 1 {
		waited = max(wall-system-max(after.ready-before.ready, 0), 0)
	}
	return system, waited
}
