//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor: runs while all other threads are stopped. See doc.go.

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// poller is the runtime's network poller: an epoll instance and the eventfd that interrupts its wait.
var poller struct {
	epoll, event uintptr
	path         [48]byte // /proc/self/fdinfo/EPOLL and a zero byte
}

// readWatches reads what the poller watches. The child has to know what that was when it was made: the
// epoll instance, which it shares with the parent until it has one of its own, changes as soon as the
// parent goes on.
//
//go:nosplit
func readWatches() bool {
	fd, e := openRaw(&poller.path[0], 0)
	if e != 0 {
		return fail(stepWatches, e)
	}
	work.nwatches = 0
	for work.nwatches < work.watchesSize {
		n, e := raw(unix.SYS_READ, fd, work.watches+work.nwatches, work.watchesSize-work.nwatches)
		if e != 0 {
			closeRaw(fd)
			return fail(stepWatches, e)
		}
		if n == 0 {
			closeRaw(fd)
			return true
		}
		work.nwatches += n
	}
	closeRaw(fd)
	return fail(stepSpace, unix.EAGAIN)
}

// renewPoller puts a new eventfd and a new epoll instance under the numbers of the shared ones, and has
// the new one watch the same descriptors. The eventfd counts 1 already: the runtime may have been between
// noting that it wrote to the old one and reading that, which it would never do now. One wake-up too many
// does no harm.
//
//go:nosplit
func renewPoller() {
	closeRaw(poller.event) // first, so that there is a number to be had
	fd, e := raw(unix.SYS_EVENTFD2, 1, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK, 0)
	if e != 0 {
		die(stepEvent, e)
	}
	renumber(fd, poller.event, stepEvent)
	closeRaw(poller.epoll)
	fd, e = raw(unix.SYS_EPOLL_CREATE1, unix.EPOLL_CLOEXEC, 0, 0)
	if e != 0 {
		die(stepEpoll, e)
	}
	renumber(fd, poller.epoll, stepEpoll)
	work.cursor = cursor{work.watches, work.watches + work.nwatches}
	for {
		switch work.cursor.next(&work.watch) {
		case noWatch:
			return
		case badWatch:
			die(stepFormat, unix.EPROTO)
		}
		rewatch(&work.watch)
	}
}

//go:nosplit
func renumber(from, to uintptr, s step) {
	if from == to {
		return
	}
	if _, e := raw(unix.SYS_DUP3, from, to, unix.O_CLOEXEC); e != 0 {
		die(s, e)
	}
	closeRaw(from)
}

// rewatch adds a watch to the child's epoll instance. If somebody closed a descriptor behind the runtime's
// back, its number may be listed twice; then the watch is meant that has the inode of what is open now.
//
//go:nosplit
func rewatch(w *watch) {
	e := watchAgain(unix.EPOLL_CTL_ADD, w)
	if e == unix.EEXIST && inode(uintptr(w.fd)) == w.inode {
		e = watchAgain(unix.EPOLL_CTL_MOD, w)
	}
	switch e {
	case 0, unix.EEXIST, unix.EBADF:
	case unix.EPERM: // ReplaceInChild put a file there that cannot be watched
	default:
		die(stepWatch, e)
	}
}

//go:nosplit
func watchAgain(op uintptr, w *watch) syscall.Errno {
	work.event = unix.EpollEvent{Events: uint32(w.events), Fd: int32(w.data), Pad: int32(w.data >> 32)}
	_, e := raw6(unix.SYS_EPOLL_CTL, poller.epoll, op, uintptr(w.fd), uintptr(unsafe.Pointer(&work.event)), 0, 0)
	return e
}

var noPath byte // the empty string, for AT_EMPTY_PATH

//go:nosplit
func inode(fd uintptr) uint64 {
	work.status.Ino = 0
	raw6(unix.SYS_STATX, fd, uintptr(unsafe.Pointer(&noPath)), unix.AT_EMPTY_PATH, unix.STATX_INO,
		uintptr(unsafe.Pointer(&work.status)), 0)
	return work.status.Ino
}
