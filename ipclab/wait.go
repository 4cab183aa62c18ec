package ipclab

import (
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
)

// Wait blocks until a child made by Fork or Spawn ends and returns its process number and how it ended; the child is
// no zombie any more then. Children that os/exec started are left to os/exec. A wait that a signal interrupts goes on.
// Errors: ECHILD if no such child is left. See wait(2).
func Wait() (pid int, status Status, err error) {
	for {
		children := forked.list()
		if len(children) == 0 {
			return -1, Status{}, &Error{Call: "wait", Err: because(unix.ECHILD, "no child made by Fork or Spawn is left to wait for")}
		}
		for _, c := range children {
			ended, status, err := c.collect()
			if ended {
				return c.pid, status, nil
			}
			if err == unix.ECHILD { // someone else waited for it
				forked.remove(c)
			} else if err != nil {
				return -1, Status{}, &Error{Call: "wait", Arg: pidText(c.pid), Err: err}
			}
		}
		awaitAny(children, waitSlice)
		interrupts.CheckChild()
	}
}

// WaitPid blocks until the child with process number pid ends and returns how it ended; the child is no zombie any more
// then. Any child of this process can be waited for, once. A wait that a signal interrupts goes on, unless a handler
// without SaRestart ran. Errors: ECHILD if pid is not a child of this process, or was waited for before; EINTR after such
// a handler; EINVAL if it is not positive. See waitpid(2).
func WaitPid(pid int) (Status, error) {
	if pid <= 0 {
		return Status{}, &Error{Call: "waitpid", Arg: pidText(pid), Err: because(unix.EINVAL, "a process number is positive")}
	}
	c := forked.find(pid)
	if c == nil {
		c = &child{pid: pid}
	}
	status, first, err := c.wait()
	if err == nil && !first {
		err = because(unix.ECHILD, "it was waited for before")
	}
	if err != nil {
		return Status{}, &Error{Call: "waitpid", Arg: pidText(pid), Err: err}
	}
	return status, nil
}

// waitSlice is how long a Wait blocks before it looks for children that were made meanwhile.
const waitSlice = 100 * time.Millisecond

// awaitAny blocks until one of the children ends, for the given time at most.
func awaitAny(children []*child, most time.Duration) {
	const room = 128 // descriptors used at a time; further children are found when the time is over
	var fds []unix.PollFd
	for _, c := range children[:min(len(children), room)] {
		fd, err := unix.PidfdOpen(c.pid, 0)
		if err != nil {
			break // it may be gone already: look again
		}
		defer unix.Close(fd)
		fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	if len(fds) == 0 {
		time.Sleep(time.Millisecond)
		return
	}
	unix.Poll(fds, int(most.Milliseconds()))
}

// pidText names a process in an error.
func pidText(pid int) string { return "process " + strconv.Itoa(pid) }
