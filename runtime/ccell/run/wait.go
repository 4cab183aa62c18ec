package run

import (
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
	"ipclab/ipclab/signame"
	"ipclab/runtime/ccell"
	"ipclab/runtime/reap"
)

// wait waits for the program, ends it when its time is up, and says how it ended.
func wait(cmd *exec.Cmd, r *ccell.Request) error {
	var l *limit
	if r.Limit > 0 {
		l = newLimit(cmd.Process.Pid, r.Limit)
	}
	err := cmd.Wait()
	over, state := l.end()
	interrupts.Check()
	switch {
	case over:
		return failed(r, "TimeLimit", fmt.Sprintf("did not end within %v and was killed", r.Limit), state...)
	case cmd.ProcessState == nil:
		return fmt.Errorf("wait for the program: %w", err)
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ok && status.Signaled():
		value := "killed by " + signame.Of(status.Signal())
		if status.CoreDump() {
			value += " (core dumped)"
		}
		return failed(r, "ProgramError", value, meanings[status.Signal()]...)
	case !cmd.ProcessState.Success():
		return failed(r, "ProgramError", cmd.ProcessState.String())
	}
	return nil
}

// A limit ends a program, and the processes below it, when its time is up.
type limit struct {
	pid   int
	stop  chan struct{} // closed when the program has ended
	ended chan struct{} // closed when nobody is ended any more
	over  bool          // valid, as state is, once ended is closed
	state []string      // what the program was in
}

// grace is how long a program has from SIGTERM to SIGKILL.
const grace = 300 * time.Millisecond

func newLimit(pid int, d time.Duration) *limit {
	l := &limit{pid: pid, stop: make(chan struct{}), ended: make(chan struct{})}
	go l.run(d)
	return l
}

// run is the limit's goroutine. Processes below the program are looked for before it ends:
// then they are nobody's.
func (l *limit) run(d time.Duration) {
	defer close(l.ended)
	if l.pause(d) {
		return
	}
	l.over, l.state = true, describe(l.pid)
	below := reap.Descendants(l.pid, false)
	began := reap.Now()
	for _, pid := range append([]int{l.pid}, below...) {
		_ = unix.Kill(pid, unix.SIGTERM)
	}
	if !l.pause(grace) { // the number is still the program's, and so are those below it
		for _, pid := range append([]int{l.pid}, reap.Descendants(l.pid, false)...) {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	for _, pid := range below {
		if !reap.StartedSince(pid, began+1) { // it is not another one with that number
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
}

// pause waits, and reports whether the program has ended meanwhile.
func (l *limit) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-l.stop:
		return true
	}
}

// end is called when the program has ended. It tells whether its time was up.
func (l *limit) end() (over bool, state []string) {
	if l == nil {
		return false, nil
	}
	close(l.stop)
	<-l.ended
	return l.over, l.state
}
