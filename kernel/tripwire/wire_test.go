package tripwire_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/kernel/tripwire"
)

const none = math.MaxUint64 // bytes that no machine has

// shell starts a shell in a process group of its own, which ends with the test. It runs the script when it is told to go on.
func shell(t *testing.T, script string) (group int, goOn func()) {
	t.Helper()
	c := exec.Command("/bin/sh", "-c", "read line; "+script)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = unix.Kill(-c.Process.Pid, unix.SIGKILL)
		_ = c.Wait()
		// Tasks count until they are waited for, here by init.
		for end := time.Now().Add(10 * time.Second); unix.Kill(-c.Process.Pid, 0) == nil; runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatalf("processes of group %d are left", c.Process.Pid)
			}
		}
	})
	return c.Process.Pid, func() {
		if _, err := stdin.Write([]byte("\n")); err != nil {
			t.Fatal(err)
		}
	}
}

func set(t *testing.T) *tripwire.Wire {
	t.Helper()
	w, err := tripwire.Set()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Disarm()
		w.Settle()
	})
	return w
}

func TestSuddenProcessesStopTheGroup(t *testing.T) {
	w := set(t)
	for _, name := range []string{"once", "again"} {
		t.Run(name, func(t *testing.T) {
			group, goOn := shell(t, "i=0; while [ $i -lt 60 ]; do sleep 100 & i=$((i+1)); done; wait")
			w.Arm(group, 10, none)
			goOn()
			if !w.Wait(10 * time.Second) {
				t.Fatal("60 new processes did not trip the wire")
			}
			awaitStopped(t, group)
			w.Arm(group, 10_000, none)
			if !w.Tripped() || w.Group() != group || !w.Disarm() {
				t.Error("it is forgotten that the wire was tripped")
			}
			if w.Settle(); w.Tripped() || w.Disarm() {
				t.Error("it is settled and still tripped")
			}
		})
	}
}

func TestFilledMemoryStopsTheGroup(t *testing.T) {
	w := set(t)
	group, goOn := shell(t, "x=0123456789; while [ ${#x} -lt 600000000 ]; do x=$x$x; done; sleep 100")
	w.Arm(group, 10_000, 64<<20)
	goOn()
	if !w.Wait(10 * time.Second) {
		t.Fatal("1 GB of memory did not trip the wire")
	}
	awaitStopped(t, group)
}

func TestNobodyIsStoppedWhere(t *testing.T) {
	for name, arm := range map[string]func(*tripwire.Wire, int){
		"there are few":       func(w *tripwire.Wire, group int) { w.Arm(group, 10_000, none) },
		"it is disarmed":      func(w *tripwire.Wire, group int) { w.Arm(group, 1, 1); w.Disarm() },
		"the group is no one": func(w *tripwire.Wire, group int) { w.Arm(0, 1, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			w := set(t)
			group, goOn := shell(t, "sleep 100 & sleep 100 & wait")
			arm(w, group)
			goOn()
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

// awaitStopped waits until a process is stopped: one that runs on another processor may take a moment.
func awaitStopped(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); state(t, pid) != "T"; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("process %d is in state %s", pid, state(t, pid))
		}
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
