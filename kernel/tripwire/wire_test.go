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

// patience is how long something may take that takes hundredths of a second on an idle machine.
const patience = 30 * time.Second

// shell starts a shell in a process group of its own, which ends with the test. It runs the script when it is told to go on.
func shell(t *testing.T, script string) (group int, goOn func()) {
	t.Helper()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
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
		// Tasks count until they are waited for. Those that lost their parent have come to this process.
		for err := error(nil); err == nil || err == unix.EINTR; {
			_, err = unix.Wait4(-c.Process.Pid, nil, 0, nil)
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
			// It goes on until it is stopped, since processes of others may end meanwhile, but not for ever.
			group, goOn := shell(t, "i=0; while [ $i -lt 2000 ]; do sleep 100 & i=$((i+1)); done; wait")
			w.Arm(group, 10, none)
			goOn()
			if !w.Wait(patience) {
				t.Fatal("2000 new processes did not trip the wire")
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
	group, goOn := shell(t, "head -c 1000000000 /dev/zero | tail -c 1000000000 | wc -c; sleep 100") // tail keeps what it may have to print
	freeMemory(t, 256<<20)
	w.Arm(group, 10_000, 64<<20)
	goOn()
	if !w.Wait(patience) {
		t.Fatal("1 GB of memory did not trip the wire")
	}
	awaitStopped(t, group)
}

// freeMemory has so many bytes of memory free that keep no files at hand: where no others are, Linux takes those as they are
// asked for, and there is never less that is free.
func freeMemory(t *testing.T, size int) {
	t.Helper()
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Munmap(memory); err != nil {
		t.Fatal(err)
	}
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
	for end := time.Now().Add(patience); state(t, pid) != "T"; runtime.Gosched() {
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
