package run

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestDescribeCall(t *testing.T) {
	for line, want := range map[string]string{
		"running": "was running",
		fmt.Sprint(unix.SYS_FUTEX, " 0x7f 0x80 0x2"):           "waited for a lock, in futex(2)",
		fmt.Sprint(unix.SYS_READ, " 0x3 0x7f 0x1"):             "was blocked in read(2) on descriptor 3",
		fmt.Sprint(unix.SYS_WAIT4, " 0xffffffffffffffff 0x7f"): "was blocked in wait4(2)",
		"9999 0x0": "was blocked in system call 9999",
		"-1 0x0":   "",
		"":         "",
		"x y":      "",
	} {
		if got := describeCall(strings.Fields(line)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestLimitEndsWhatIgnoresSIGTERM holds that processes below the program end with it, and
// that one which takes no notice of SIGTERM is killed.
func TestLimitEndsWhatIgnoresSIGTERM(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", "trap '' TERM; sh -c 'echo >&3; sleep 60; :'; :")
	cmd.ExtraFiles = []*os.File{w} // held open by every process below
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := r.Read(make([]byte, 1)); err != nil { // until both shells are there and take no notice
		t.Fatal(err)
	}
	l := newLimit(cmd.Process.Pid, 100*time.Millisecond)
	_ = cmd.Wait()
	if over, _ := l.end(); !over {
		t.Error("the limit did not end the program")
	}
	if s := cmd.ProcessState.String(); s != "signal: killed" {
		t.Error(s)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil { // returns when none is left
		t.Error("something was read")
	}
}

func TestLimitLetsAProgramEnd(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := newLimit(cmd.Process.Pid, time.Hour)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if over, state := l.end(); over || state != nil {
		t.Errorf("%v, %q", over, state)
	}
}
