package ipclab

import (
	"os"
	"sync/atomic"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/reserve"
	"ipclab/runtime/fork"
)

// experiment is the process at the root: the one that was not made by Fork. Tables start from it, in its children too.
var experiment root

// A root remembers a process number across forks.
type root struct{ pid atomic.Int64 }

// fix records the calling process as the root, unless Fork made it.
func (r *root) fix() int {
	if !fork.InChild() {
		r.pid.Store(int64(os.Getpid()))
	}
	return int(r.pid.Load())
}

// members returns the processes of the experiment: the root, its descendants, and, apart, their orphans with their own
// descendants.
//
// An orphan is known by its process group: where the root leads one, as the notebook's process does, nothing but its
// descendants can be in it. One that left the group is known, in a notebook, by its new parent, which is the root's: the
// kernel adopts orphans, and its other children run its own program. What the program of one was that is ending nobody can
// tell; the kernel waits for it at once.
func (r *root) members() (family, orphans []proc.Stat, err error) {
	all, err := proc.All()
	if err != nil {
		return nil, nil, err
	}
	top := r.fix()
	family = proc.Descendants(all, top)
	known := map[int]bool{}
	for _, s := range family {
		known[s.Pid] = true
	}
	if len(family) == 0 || family[0].PGrp != top {
		return family, nil, nil
	}
	for _, s := range all {
		adopted := reserve.Any() && s.PPid == family[0].PPid && otherProgram(s.Pid)
		if s.PGrp != top && !adopted || known[s.Pid] {
			continue
		}
		for _, o := range proc.Descendants(all, s.Pid) {
			if !known[o.Pid] {
				known[o.Pid] = true
				orphans = append(orphans, o)
			}
		}
	}
	return family, orphans, nil
}
