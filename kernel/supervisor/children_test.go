package supervisor

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
)

// What an interrupted cell has forked after its processes were told gets SIGINT before it gets SIGTERM.
func TestSIGINTComesBeforeSIGTERM(t *testing.T) {
	// A program that is started has the default effect then, also where this one was started with the signal ignored.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, unix.SIGINT)
	defer signal.Stop(interrupts)

	r := &run{in: &instance{pid: os.Getpid()}, began: reap.Now(), told: map[int]bool{}}
	early, late := exec.Command("sleep", "1000"), exec.Command("sleep", "1000")
	for _, c := range []*exec.Cmd{early, late} {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		defer c.Process.Kill()
	}
	r.told[early.Process.Pid] = true
	r.termChildren()
	for c, want := range map[*exec.Cmd]syscall.Signal{early: unix.SIGTERM, late: unix.SIGINT} {
		_ = c.Wait()
		if got := c.ProcessState.Sys().(syscall.WaitStatus).Signal(); got != want {
			t.Errorf("ended by %v, want %v", got, want)
		}
	}
	if !r.told[late.Process.Pid] {
		t.Error("who was told is forgotten")
	}
}
