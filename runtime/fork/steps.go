//go:build linux && (amd64 || arm64) && !cgo

package fork

// step is what the conductor was doing when something failed.
type step uint32

const (
	stepNone step = iota
	stepStray
	stepStop
	stepSignal
	stepList
	stepCount
	stepSlots
	stepOwner
	stepWatches
	stepSpace
	stepClone
	// What follows happens in the child.
	stepReplace
	stepEvent
	stepEpoll
	stepWatch
	stepFormat
	stepThread
	stepPlace
	stepLast
)

// stepNames say what was called with what.
var stepNames = [stepLast]string{
	stepStray:   "a thread is still leaving an earlier fork",
	stepStop:    "stop thread",
	stepSignal:  "tgkill with the stop signal",
	stepList:    "list /proc/self/task",
	stepCount:   "statx /proc/self/task",
	stepSlots:   "more threads than slots",
	stepOwner:   "the Go runtime keeps a thread where it was not expected: thread",
	stepWatches: "read /proc/self/fdinfo of the network poller",
	stepSpace:   "the network poller watches too many descriptors",
	stepClone:   "clone",
	stepReplace: "dup3 of a descriptor given to ReplaceInChild",
	stepEvent:   "eventfd2 for the network poller",
	stepEpoll:   "epoll_create1 for the network poller",
	stepWatch:   "epoll_ctl for the network poller",
	stepFormat:  "unknown format of /proc/self/fdinfo",
	stepThread:  "clone of a thread",
	stepPlace:   "dup3 of a descriptor that came with the waking message",
}
