// Package netns makes network namespaces, puts threads into them, and connects two by a pair of devices like a cable.
//
// A namespace made here has no name in the file system. It is kept by a descriptor, and by the processes in it; when these
// are gone, however they ended, the kernel removes the namespace with its devices. So nothing can be left behind.
//
// The hazard: a namespace is the thread's. Between Enter and leave the goroutine is locked to its thread, and what is
// opened there stays in that namespace.
//
// See network_namespaces(7), veth(4) and tc-netem(8).
package netns

import (
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// own is the calling thread's network namespace.
const own = "/proc/thread-self/ns/net"

// New makes a network namespace and returns a close-on-exec descriptor of it. It has no devices but a loopback, which is
// down. The error is EPERM without CAP_SYS_ADMIN.
func New() (ns int, err error) {
	_, leave, err := remember()
	if err != nil {
		return -1, err
	}
	defer func() { err = errors.Join(err, leave()) }()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return -1, fmt.Errorf("unshare(CLONE_NEWNET): %w", err)
	}
	return open()
}

// Enter puts the calling goroutine's thread into a namespace, until leave is called by the same goroutine. A process forked
// meanwhile is in that namespace with all its threads; it inherits home, the descriptor by which leave goes back, and should
// close it.
func Enter(ns int) (home int, leave func() error, err error) {
	home, leave, err = remember()
	if err != nil {
		return -1, nil, err
	}
	if err := unix.Setns(ns, unix.CLONE_NEWNET); err != nil {
		return -1, nil, errors.Join(fmt.Errorf("setns: %w", err), leave())
	}
	return home, leave, nil
}

// remember locks the goroutine to its thread until leave puts that back into the namespace in which it is now. A thread that
// cannot go back stays locked, so that nothing else runs on it.
func remember() (home int, leave func() error, err error) {
	runtime.LockOSThread()
	home, err = open()
	if err != nil {
		runtime.UnlockOSThread()
		return -1, nil, err
	}
	return home, func() error {
		defer unix.Close(home)
		if !stillIn(home) { // setns needs a privilege even to stay
			if err := unix.Setns(home, unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("setns, back to where this thread was: %w", err)
			}
		}
		runtime.UnlockOSThread()
		return nil
	}, nil
}

// stillIn reports whether the thread is in the namespace of a descriptor.
func stillIn(ns int) bool {
	var there, here unix.Stat_t
	return unix.Fstat(ns, &there) == nil && unix.Stat(own, &here) == nil && there.Dev == here.Dev && there.Ino == here.Ino
}

// open returns a descriptor of the thread's namespace.
func open() (int, error) {
	ns, err := unix.Open(own, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("%s: %w", own, err)
	}
	return ns, nil
}
