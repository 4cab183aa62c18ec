package tripwire_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/kernel/tripwire"
)

// shell starts a shell in a process group of its own, which ends with the test.
func shell(t *testing.T, script string) int {
	t.Helper()
	c := exec.Command("/bin/sh", "-c", script)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = unix.Kill(-c.Process.Pid, unix.SIGKILL)
		_ = c.Wait()
	})
	return c.Process.Pid
}

func set(t *testing.T) *tripwire.Wire {
	t.Helper()
	w, err := tripwire.Set()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Disarm)
	return w
}

func TestSuddenProcessesStopTheGroup(t *testing.T) {
	w := set(t)
	for range 2 { // it can be armed again
		group := shell(t, "sleep 0.05; for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do sleep 100 & done; wait")
		w.Arm(group, 10)
		if !w.Wait(10 * time.Second) {
			t.Fatal("20 new processes did not trip the wire")
		}
		if state := state(t, group); state != "T" {
			t.Errorf("the group's leader is in state %s", state)
		}
		_ = unix.Kill(-group, unix.SIGKILL)
	}
}

func TestNobodyIsStoppedWhere(t *testing.T) {
	for name, arm := range map[string]func(*tripwire.Wire, int){
		"there are few":       func(w *tripwire.Wire, group int) { w.Arm(group, 10_000) },
		"it is disarmed":      func(w *tripwire.Wire, group int) { w.Arm(group, 1); w.Disarm() },
		"the group is no one": func(w *tripwire.Wire, group int) { w.Arm(0, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			w := set(t)
			group := shell(t, "sleep 100 & sleep 100 & wait")
			arm(w, group)
			if w.Wait(5 * tripwire.Tick) {
				t.Error("the wire was tripped")
			}
			if state := state(t, group); state == "T" {
				t.Error("the group is stopped")
			}
			w.Disarm()
		})
	}
}

func state(t *testing.T, pid int) string {
	t.Helper()
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(line), ") ")
	return rest[:1]
}
