package ipclab

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/interrupts"
)

// Wait4 blocks until something has become of one of some children, and returns which it was and what. Which children is
// said by pid:
//   - above 0, the child with that number;
//   - -1, any child made by Fork or Spawn;
//   - 0, any of these in this process's group;
//   - below -1, any of these in process group -pid.
//
// Options are 0 or joined by |: unix.WUNTRACED returns also when a child has been stopped by a signal, unix.WCONTINUED
// when a stopped one goes on; unix.WNOHANG does not block: the number is 0 if nothing has become of any. Status tells the
// cases apart, by Exited, Signaled, Stopped and Continued; the number of a child that is stopped or goes on is reported
// once for each time, and the child has to be waited for again.
//
//	pid, status, err := ipclab.Wait4(-group, unix.WUNTRACED|unix.WCONTINUED) // as a shell waits for its jobs
//
// A wait that a signal interrupts goes on. Errors: ECHILD if there is no such child, or all have been waited for; EINVAL
// for other options. See wait4(2), waitpid(2).
func Wait4(pid, options int) (int, Status, error) {
	const known = unix.WNOHANG | unix.WUNTRACED | unix.WCONTINUED
	if options&^known != 0 {
		return -1, Status{}, wait4Error(pid, because(unix.EINVAL, "options %#x: want WNOHANG, WUNTRACED and WCONTINUED at most", options))
	}
	for {
		children := childrenMeant(pid)
		if len(children) == 0 {
			return -1, Status{}, wait4Error(pid, because(unix.ECHILD, "no such child, made by Fork or Spawn, is left to wait for"))
		}
		for _, c := range children {
			changed, status, err := c.take(options &^ unix.WNOHANG)
			switch {
			case changed:
				return c.pid, status, nil
			case err == unix.ECHILD && pid > 0:
				return -1, Status{}, wait4Error(pid, because(unix.ECHILD, "it is no child of this process, or was waited for before"))
			case err == unix.ECHILD: // someone else waited for it
				forked.remove(c)
			case err != nil:
				return -1, Status{}, wait4Error(pid, err)
			}
		}
		if options&unix.WNOHANG != 0 {
			return 0, Status{}, nil
		}
		awaitChange(children, options)
		interrupts.CheckChild()
	}
}

// childrenMeant returns the children that a first argument of wait4(2) means.
func childrenMeant(pid int) (children []*child) {
	if pid > 0 {
		if c := forked.find(pid); c != nil {
			return []*child{c}
		}
		return []*child{{pid: pid}}
	}
	group := -pid
	if pid == 0 {
		group = unix.Getpgrp()
	}
	for _, c := range forked.list() {
		if s, err := proc.ReadStat(c.pid); pid == -1 || err == nil && s.PGrp == group {
			children = append(children, c)
		}
	}
	return children
}

// stopSlice is how long a wait for one of several children blocks before it looks whether one has stopped: only a wait
// for a single child is told of that.
const stopSlice = 5 * time.Millisecond

// awaitChange blocks until something may have become of one of the children.
func awaitChange(children []*child, options int) {
	stops := options & (unix.WUNTRACED | unix.WCONTINUED)
	switch {
	case len(children) == 1:
		unix.Waitid(unix.P_PID, children[0].pid, nil, unix.WEXITED|unix.WNOWAIT|stops, nil)
	case stops != 0:
		awaitAny(children, stopSlice)
	default:
		awaitAny(children, waitSlice)
	}
}

// wait4Error makes an error of Wait4.
func wait4Error(pid int, err error) error {
	arg := pidText(pid)
	switch {
	case pid == -1:
		arg = "any child"
	case pid == 0:
		arg = groupText(unix.Getpgrp())
	case pid < 0:
		arg = groupText(-pid)
	}
	return &Error{Call: "wait4", Arg: arg, Err: err}
}
