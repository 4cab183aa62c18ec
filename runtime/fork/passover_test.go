//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The process that asked takes no notice of the signal; it ends a child and a program; not a child where it was ignored before.
func TestPassOver(t *testing.T) {
	for _, mode := range []string{"as it was started", "by default"} {
		runHelper(t, childLimit, "passes over", mode)
	}
	runHelper(t, childLimit, "started ignoring", "passes over what is ignored")
}

func init() {
	helpers["passes over"] = func(args []string) int {
		if isIgnored(unix.SIGHUP) || args[0] == "by default" {
			setAction(unix.SIGHUP, &noAction, nil)
		}
		if err := PassOver(unix.SIGHUP); err != nil {
			return complain("%v", err)
		}
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		if err := unix.Kill(os.Getpid(), unix.SIGHUP); err != nil {
			return complain("kill: %v", err)
		}
		c, err := spawn(func() int { return hangUp() })
		if err != nil {
			return complain("%v", err)
		}
		if status, err := c.await(); err != nil || status.Signal() != unix.SIGHUP {
			return complain("a child: %v, signal %v", err, status.Signal())
		}
		program := exec.Command("/bin/sh", "-c", "kill -HUP $$; exit 3")
		_ = program.Run()
		if status := program.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != unix.SIGHUP {
			return complain("a program: status %d, signal %v", status.ExitStatus(), status.Signal())
		}
		return 0
	}
}

func init() {
	helpers["passes over what is ignored"] = func([]string) int {
		if err := PassOver(unix.SIGHUP); err != nil {
			return complain("%v", err)
		}
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		unix.Kill(os.Getpid(), unix.SIGHUP)
		if err := run(func() int { unix.Kill(os.Getpid(), unix.SIGHUP); return 4 }, 4); err != nil {
			return complain("%v", err)
		}
		return 0
	}
}

// hangUp sends SIGHUP to its own process and returns if that outlives it.
func hangUp() int {
	unix.Kill(os.Getpid(), unix.SIGHUP)
	unix.Pause()
	return 0
}
