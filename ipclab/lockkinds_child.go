package ipclab

import (
	"golang.org/x/sys/unix"
)

// Exit statuses of a child that answers a question.
const (
	childPassed = iota
	childRefused
	childFailed
)

// passesInChild makes an attempt to lock in a process of its own, and reports whether it succeeded.
func passesInChild(attempt func() error) (bool, error) {
	c, err := forkToExit(func() int {
		switch passed, err := lockPasses(attempt()); {
		case err != nil:
			return childFailed
		case passed:
			return childPassed
		}
		return childRefused
	})
	if err != nil {
		return false, err
	}
	defer end(c)
	status, _, err := c.wait()
	switch {
	case err != nil:
		return false, err
	case status.ExitCode() != childPassed && status.ExitCode() != childRefused:
		return false, because(unix.ECHILD, "the process that was to try the lock %v", status)
	}
	return status.ExitCode() == childPassed, nil
}

// forkToExit forks a process that does work and exits with the status it returns.
func forkToExit(work func() int) (*child, error) {
	c, err := forkOwn()
	if err == nil && c == nil {
		unix.Exit(work())
	}
	return c, err
}
