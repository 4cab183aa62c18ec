package bounds

import (
	"bytes"
	"os"
	"strconv"

	"ipclab/ipclab/internal/proc"
)

// A Family is the processes below a kernel process.
type Family struct {
	Own  []int // the runtime process, and copies of it that the kernel keeps
	Made []int // what came out of cells, zombies among it, parents before children
}

// Look finds the processes below kernel, of those that came out of cells up to one more than most. It asks each process
// for its children (proc_pid_task_children(5)), so that what else runs on the machine costs nothing. It may miss some
// while many come and go: who must have all looks again.
//
// A child of the kernel that runs the kernel's own program is the kernel's. What a cell leaves to the kernel as an
// orphan runs another, since a forked child of the runtime ends with its parent.
func Look(kernel, most int) Family {
	var f Family
	children := lister()
	var queue []int
	for _, pid := range children(kernel) {
		queue = append(queue, pid)
		if runsOwnProgram(pid) {
			f.Own = append(f.Own, pid)
		} else {
			f.Made = append(f.Made, pid)
		}
	}
	for ; len(queue) > 0 && len(f.Made) <= most; queue = queue[1:] {
		below := children(queue[0])
		f.Made = append(f.Made, below...)
		queue = append(queue, below...)
	}
	return f
}

// runsOwnProgram reports whether pid runs the same program as this process.
func runsOwnProgram(pid int) bool {
	program, ok := proc.Exe(pid)
	own, err := os.Readlink("/proc/self/exe")
	return ok && err == nil && program == own
}

// lister returns a function that lists the children of a process. Where Linux was built without lists of children, they
// are looked up in the table of all processes.
func lister() func(pid int) []int {
	if _, err := os.Stat("/proc/thread-self/children"); err == nil {
		return childrenOf
	}
	all, err := proc.All()
	if err != nil {
		return func(int) []int { return nil }
	}
	table := map[int][]int{}
	for _, s := range all {
		table[s.PPid] = append(table[s.PPid], s.Pid)
	}
	return func(pid int) []int { return table[pid] }
}

// childrenOf lists the children of all threads of pid.
func childrenOf(pid int) []int {
	folder := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, err := os.Open(folder)
	if err != nil {
		return nil
	}
	defer threads.Close()
	names, _ := threads.Readdirnames(-1)
	var found []int
	for _, name := range names {
		list, _ := os.ReadFile(folder + name + "/children")
		for field := range bytes.FieldsSeq(list) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// Living returns those of pids that run or could: neither zombies nor gone.
func Living(pids []int) []int {
	var living []int
	for _, pid := range pids {
		if s, err := proc.ReadStat(pid); err == nil && s.State != 'Z' && s.State != 'X' {
			living = append(living, pid)
		}
	}
	return living
}
