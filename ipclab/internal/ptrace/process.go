package ptrace

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// process returns the process that a thread belongs to.
func process(tid int) int {
	if pid := number(tid, "Tgid:"); pid > 0 {
		return pid
	}
	return tid
}

// number returns a number of /proc/TID/status by the name before it, 0 if there is none.
func number(tid int, name string) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", tid))
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(value))
			return n
		}
	}
	return 0
}

// programOf returns the name of a process, and whether it runs another program than this one.
func programOf(pid int) (name string, foreign bool) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	theirs, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	ours, _ := os.Readlink("/proc/self/exe")
	return strings.TrimSpace(string(text)), theirs != ours
}
