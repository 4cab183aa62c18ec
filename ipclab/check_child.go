package ipclab

import (
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// A check has two processes: the keeper, which adopts what the check leaves behind, and below it the one that runs the
// function.

// keep is the keeper; it does not return. It ends when it is killed, by who made the check, or with that.
func (c *checking) keep(f func(*T)) {
	defer unix.Exit(1)
	t := &T{name: c.row.Name, to: int(c.notes.w)}
	unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	worker, err := forkOwn()
	if err != nil {
		t.Errorf("it could not be made: %v", err)
		unix.Exit(1)
	}
	if worker == nil {
		c.work(t, f)
	}
	signal.Ignore(unix.SIGINT, unix.SIGTERM) // which the check may be ended by
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case pid == worker.pid:
			t.send(checkNote{Kind: noteEnded, Number: int(status)})
		case err == unix.ECHILD:
			unix.Pause()
		}
	}
}

// work runs the function and ends the process.
func (c *checking) work(t *T, f func(*T)) {
	t.pid = os.Getpid()
	returned := false
	defer func() {
		v := recover()
		switch {
		case returned || t.ended:
		case v != nil:
			t.Errorf("panic: %v", v)
		default:
			t.Error("the function ended its goroutine without returning")
		}
		if os.Getpid() == t.pid { // and not a child that the function has forked and not ended
			t.send(checkNote{Kind: noteDone})
		}
		unix.Exit(0)
	}()
	t.send(checkNote{Kind: noteBegun, Number: t.pid})
	if err := unix.Dup2(c.said, 2); err != nil {
		panic(fmt.Errorf("redirect standard error: %w", err))
	}
	f(t)
	returned = true
}
