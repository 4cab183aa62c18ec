package process

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// limits are the resource limits of a process, by number; see getrlimit(2). The last is RLIMIT_RTTIME.
type limits [unix.RLIMIT_RTTIME + 1]unix.Rlimit

// vital are the limits below which this process could not go on: it could not be copied, or its next cells would
// end for lack of memory, descriptors or time.
var vital = map[int]struct {
	name   string
	enough uint64
}{
	unix.RLIMIT_AS:     {"RLIMIT_AS", 8 << 30},
	unix.RLIMIT_CPU:    {"RLIMIT_CPU", unix.RLIM_INFINITY},
	unix.RLIMIT_DATA:   {"RLIMIT_DATA", 2 << 30},
	unix.RLIMIT_FSIZE:  {"RLIMIT_FSIZE", 64 << 20},
	unix.RLIMIT_NOFILE: {"RLIMIT_NOFILE", 2 * plumbingFrom},
	unix.RLIMIT_NPROC:  {"RLIMIT_NPROC", tasksAtLeast},
}

// currentLimits gives the limits of this process.
func currentLimits() (l limits) {
	for resource := range l {
		_ = unix.Prlimit(0, resource, nil, &l[resource])
	}
	return l
}

// restore undoes what a cell has done to the limits. They bind this process while the cell runs, and the processes
// that it starts then; later they might leave no room for what has to be done between cells. A hard limit, once
// lowered, stays, but where the process has the privilege to raise it: if that one is vital, restore fails.
func (l *limits) restore() error {
	now := currentLimits()
	for resource, want := range l {
		if now[resource] == want || unix.Prlimit(0, resource, &want, nil) == nil {
			continue
		}
		lowered := now[resource].Max
		want.Max, want.Cur = lowered, min(want.Cur, lowered)
		_ = unix.Prlimit(0, resource, &want, nil)
		if v, ok := vital[resource]; ok && lowered < v.enough {
			return fmt.Errorf("the hard limit %s (Max) is too low to go on, and only a privileged process can raise it again; "+
				"set the soft limit (Cur) alone, or do it in a child", v.name)
		}
	}
	return nil
}
