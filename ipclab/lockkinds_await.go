package ipclab

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
)

// awaitSystemCall waits until a thread of a child sits in a system call. Nothing tells of that: it has to be looked for.
func awaitSystemCall(pid int, number uintptr) error {
	const most, again = 5 * time.Second, time.Millisecond
	for begun := time.Now(); time.Since(begun) < most; time.Sleep(again) {
		interrupts.Check()
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
		if err != nil || len(tasks) == 0 {
			return because(unix.ECHILD, "the process that was to wait has ended")
		}
		for _, name := range tasks {
			text, err := os.ReadFile(name)
			if err == nil && strings.HasPrefix(string(text), strconv.FormatUint(uint64(number), 10)+" ") {
				return nil
			}
		}
	}
	return because(unix.ETIMEDOUT, "a process did not begin to wait within %v", most)
}
