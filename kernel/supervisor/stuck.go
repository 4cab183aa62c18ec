package supervisor

import (
	"os"
	"runtime"
	"time"

	"ipclab/ipclab/bounds"
	"ipclab/ipclab/stuck"
	"ipclab/kernel/tripwire"
	"ipclab/runtime/process"
)

// What is looked at when a cell is interrupted: for how long at most, before anybody gets a signal; how many processes;
// and how many sentences are shown.
const (
	stuckLimit     = 100 * time.Millisecond
	stuckProcesses = 200
	stuckShown     = 4
)

// whyStuck says in sentences why a cell does not go on: none for one that runs or sleeps.
func (r *run) whyStuck() []string {
	found := make(chan []string, 1)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		tripwire.ComeFirst(0)  // a cell that keeps all processors busy shall not use up the time
		found <- r.lookStuck(time.Now().Add(stuckLimit))
	}()
	select {
	case f := <-found:
		return f
	case <-time.After(stuckLimit): // to read about a process may take long, while it maps much memory for instance
		return nil
	}
}

// lookStuck looks at the processes of a cell.
func (r *run) lookStuck(deadline time.Time) []string {
	kernel := os.Getpid()
	made := bounds.Look(kernel, stuckProcesses).Made
	report := stuck.Look(stuck.Options{
		Pids: append([]int{r.in.pid}, made[:min(len(made), stuckProcesses)]...),
		Cell: r.in.pid, Kernel: kernel, Reserved: process.IsPlumbing, Deadline: deadline,
	})
	if report.Cut {
		return nil // what was not looked at may be what goes on
	}
	findings := report.Findings
	if len(findings) > stuckShown {
		findings = append(findings[:stuckShown:stuckShown], "And more: ipclab.WhyStuck() shows all, if it is called from a goroutine of the cell.")
	}
	return findings
}
