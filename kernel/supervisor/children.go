package supervisor

import (
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
)

// tellChildren sends SIGINT to the runtime's process group without the runtime
// itself, as a terminal does, and to what the cell has started elsewhere.
func (r *run) tellChildren() {
	pids := append(reap.Group(r.in.pid), r.children()...)
	slices.Sort(pids)
	for _, pid := range slices.Compact(pids) {
		if pid != r.in.pid {
			_ = unix.Kill(pid, unix.SIGINT)
		}
	}
}

// endChildren sends a signal to the processes that the cell has started.
func (r *run) endChildren(signal unix.Signal) {
	for _, pid := range r.children() {
		_ = unix.Kill(pid, signal)
	}
}

// children lists the processes that were started while the cell ran: those below
// the runtime, and orphans, which are the kernel's children. A child of the kernel
// that runs the kernel's own program is no orphan of a cell.
func (r *run) children() []int {
	found := reap.Descendants(r.in.pid, false)
	kernel, err := os.Stat("/proc/self/exe")
	if err != nil {
		return found
	}
	for _, pid := range reap.Descendants(os.Getpid(), false) {
		program, err := os.Stat("/proc/" + strconv.Itoa(pid) + "/exe")
		if err == nil && !os.SameFile(program, kernel) && !slices.Contains(found, pid) {
			found = append(found, pid)
		}
	}
	return slices.DeleteFunc(found, func(pid int) bool { return pid == r.in.pid || !reap.StartedSince(pid, r.began) })
}
