package ipclab

import (
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/runtime/fork"
)

// forkOwn forks a process for which the package itself waits, so that no Wait of the user's sees it. Like those of Fork
// it counts among the processes that are allowed. It returns nil in the child.
func forkOwn() (*child, error) {
	copies := fork.Copies()
	stayIfLone()
	c, err := forkAdmitted(copies)
	if c == nil && err == nil {
		notLone()
	}
	return c, err
}

// forkAdmitted forks it, if there may be one more, and only in the process that was asked: not in a copy of it.
func forkAdmitted(copies uint32) (*child, error) {
	owner := os.Getpid()
	experiment.fix()
	if err := bounds.Admit(); err != nil {
		return nil, &Error{Call: "fork", Err: err}
	}
	pid, err := fork.ForkOnlyWhere(copies)
	if err != nil {
		bounds.Withdraw()
		return nil, &Error{Call: "fork", Err: err}
	}
	if pid == 0 {
		return nil, nil
	}
	return &child{pid: pid, own: true, owner: owner}, nil
}

// awaitAll waits until all children have ended with status 0. The error says which has not, or that time was up.
func awaitAll(children []*child, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	running := slices.Clone(children)
	for len(running) > 0 {
		left := time.Until(deadline)
		if left <= 0 {
			return because(unix.ETIMEDOUT, "not done within %v", limit)
		}
		awaitAny(running, min(left, waitSlice))
		for _, c := range slices.Clone(running) {
			ended, status, err := c.collect()
			switch {
			case err != nil:
				return err
			case !ended:
				continue
			case eintr(status) != nil:
				return eintr(status)
			case status.ExitCode() != 0:
				return fmt.Errorf("%s: %v", pidText(c.pid), status)
			}
			running = slices.DeleteFunc(running, func(x *child) bool { return x == c })
		}
	}
	return nil
}
