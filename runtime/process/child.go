package process

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/eval"
	"ipclab/runtime/fork"
)

// exitInChild ends a process that a cell forked when its copy of the cell has
// ended: status 0, or 2 after a panic, as for any Go program. One that was forked
// while the cell was being interrupted ends like those that were there, by SIGINT.
func exitInChild(failure *eval.Failure) {
	if !fork.InChild() {
		return
	}
	if failure == nil {
		os.Exit(0)
	}
	if failure.Interrupted {
		signal.Reset(unix.SIGINT)
		_ = unix.Kill(os.Getpid(), unix.SIGINT)
		time.Sleep(time.Second) // any thread may take it
	}
	fmt.Fprint(os.Stderr, failure.Report())
	os.Exit(2)
}
