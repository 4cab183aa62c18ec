package proc

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// Threads returns the state letters of the threads of process pid, and the functions of the kernel in which they wait.
// Where wait channels may not be read, they are missing.
func Threads(pid int) (states []byte, waits []string) {
	tids, err := numbers(path(pid, "task"))
	if err != nil {
		return nil, nil
	}
	for _, tid := range tids {
		id := strconv.Itoa(tid)
		line, err := os.ReadFile(path(pid, "task", id, "stat"))
		if err != nil {
			continue
		}
		if s, err := ParseStat(line); err == nil {
			states = append(states, s.State)
		}
		if w := waitChannel(path(pid, "task", id, "wchan")); w != "" && !slices.Contains(waits, w) {
			waits = append(waits, w)
		}
	}
	return states, waits
}

// waitChannel reads a wchan file; the kernel writes 0 for a thread that does not wait, or whose wait is not to be seen.
func waitChannel(name string) string {
	b, err := os.ReadFile(name)
	w := strings.TrimSpace(string(b))
	if err != nil || w == "0" {
		return ""
	}
	return w
}
