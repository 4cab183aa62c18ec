package supervisor

import (
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
)

// tellChildren sends SIGINT to the runtime's process group without the runtime
// itself, as a terminal does, and to what the cell has started elsewhere: to all
// of them, even if some make others meanwhile.
func (r *run) tellChildren() {
	r.told = map[int]bool{r.in.pid: true}
	r.tellNew(func() []int { return append(reap.Group(r.in.pid), r.children()...) })
}

// tellForked sends SIGINT to the processes that the cell has forked since
// tellChildren: they run its code, and would go on with it beside the next cell.
// It reports whether there were any.
func (r *run) tellForked() bool { return r.tellNew(r.forked) }

// tellNew sends SIGINT to whom list gives until there is nobody new.
func (r *run) tellNew(list func() []int) (any bool) {
	for range sweeps {
		before := len(r.told)
		for _, pid := range list() {
			if !r.told[pid] {
				r.told[pid] = true
				_ = unix.Kill(pid, unix.SIGINT)
			}
		}
		if len(r.told) == before {
			break
		}
		any = true
	}
	return any
}

// termChildren sends SIGTERM to the processes that the cell has started and that have taken no notice of SIGINT. Those that
// were forked since then have not been told yet, and get SIGINT. The caller holds mu.
func (r *run) termChildren() {
	for _, pid := range r.children() {
		signal := unix.SIGTERM
		if !r.told[pid] {
			r.told[pid] = true
			signal = unix.SIGINT
		}
		_ = unix.Kill(pid, signal)
	}
}

// killChildren ends the processes that the cell has started.
func (r *run) killChildren() {
	for _, pid := range r.children() {
		_ = unix.Kill(pid, unix.SIGKILL)
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
		if runs, err := isRunning(pid, kernel); err == nil && !runs && !slices.Contains(found, pid) {
			found = append(found, pid)
		}
	}
	return slices.DeleteFunc(found, func(pid int) bool { return pid == r.in.pid || !reap.StartedSince(pid, r.began) })
}

// forked lists the processes below the runtime that the cell has forked: those
// that run the same program.
func (r *run) forked() []int {
	kernel, err := os.Stat("/proc/self/exe")
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(reap.Descendants(r.in.pid, false), func(pid int) bool {
		runs, err := isRunning(pid, kernel)
		return err != nil || !runs || !reap.StartedSince(pid, r.began)
	})
}

// isRunning tells whether a process runs a program.
func isRunning(pid int, program os.FileInfo) (bool, error) {
	own, err := os.Stat("/proc/" + strconv.Itoa(pid) + "/exe")
	return err == nil && os.SameFile(own, program), err
}
