package ipclab

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// startWorker forks a child of an experiment that does work and nothing else. It is not among the children that Wait waits
// for. An error of work is printed, and the child exits with status 1.
func startWorker(work func() error) (*child, error) {
	c, err := forkOwn()
	if err != nil || c != nil {
		return c, err
	}
	runAndExit(func() {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			unix.Exit(1)
		}
	})
	return nil, nil
}

// workerError waits for a child of an experiment and returns an error unless it exited with status 0: EINTR if it was
// interrupted, as the notebook does to all processes of a cell.
func workerError(c *child) error {
	status, _, err := c.wait()
	switch {
	case err != nil:
		return err
	case status.Signaled() && status.Signal() == unix.SIGINT:
		return because(unix.EINTR, "interrupted")
	case status.ExitCode() != 0:
		return fmt.Errorf("the child %v", status)
	}
	return nil
}
