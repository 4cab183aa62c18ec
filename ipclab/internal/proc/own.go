package proc

import (
	"path/filepath"
	"slices"
	"strings"
)

// GoRuntime returns the descriptors among fds, all of one process, that the Go runtime opened for itself: the epoll
// instance of its poller with the eventfd that wakes it, and the CPU limits of the control group.
//
// An epoll instance is taken for the poller's if it watches an eventfd; the runtime's does from the start.
func GoRuntime(fds []Descriptor) []int {
	var out []int
	for _, d := range fds {
		switch {
		case d.Target == "anon_inode:[eventpoll]":
			if wake := watchedEvent(d, fds); wake >= 0 {
				out = append(out, d.Number, wake)
			}
		case strings.HasPrefix(d.Target, "/sys/fs/cgroup/") && slices.Contains(cpuLimits, filepath.Base(d.Target)):
			out = append(out, d.Number)
		}
	}
	return out
}

// cpuLimits are the files that the Go runtime keeps open to follow the CPU limit of its control group.
var cpuLimits = []string{"cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us"}

// watchedEvent returns the eventfd among fds that the epoll instance watches, or -1.
func watchedEvent(epoll Descriptor, fds []Descriptor) int {
	for _, d := range fds {
		if d.Target == "anon_inode:[eventfd]" && slices.Contains(epoll.Info.Polls, uint64(d.Number)) {
			return d.Number
		}
	}
	return -1
}
