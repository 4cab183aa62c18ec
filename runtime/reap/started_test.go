package reap

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestStartedSince(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	before := Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	const later = Moment(10 * time.Second / tick)
	if pid := cmd.Process.Pid; !StartedSince(pid, before) || StartedSince(pid, before+later) {
		t.Errorf("a process started after moment %d and before %d was started since %v and %v",
			before, before+later, StartedSince(pid, before), StartedSince(pid, before+later))
	}
	if !StartedSince(os.Getpid(), 0) || StartedSince(1<<30, 0) {
		t.Error("every living process, and no other, was started since the system")
	}
}
