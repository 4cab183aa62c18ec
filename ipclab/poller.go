package ipclab

import (
	"os"
	"slices"
	"sync"

	"ipclab/ipclab/internal/proc"
)

// ownDescriptors are those that the Go runtime opened for itself. They keep their numbers for as long as the process
// lives, and in forked children.
type ownDescriptors []int

// has reports whether fd is one of them.
func (o ownDescriptors) has(fd int) bool { return slices.Contains(o, fd) }

// poller finds the descriptors of the Go runtime, once, after making sure that its network poller exists.
var poller = sync.OnceValue(findPoller)

// findPoller does so. It has a name of its own, by which Strace knows its calls and leaves them out.
func findPoller() ownDescriptors {
	if r, w, err := os.Pipe(); err == nil {
		r.Close()
		w.Close()
	}
	fds, err := proc.Descriptors(os.Getpid())
	if err != nil {
		return nil
	}
	return proc.GoRuntime(fds)
}
