package ipclab

import (
	"os"
	"sync/atomic"

	"ipclab/ipclab/internal/proc"
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
// descendants can be in it.
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
		if s.PGrp != top || known[s.Pid] {
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
