package ipclab_test

import (
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestSignalTables(t *testing.T) {
	rows := ipclab.Signals().Rows()
	for _, want := range []ipclab.SignalRow{
		{Number: 2, Name: "SIGINT", Default: "terminate", Catchable: true},
		{Number: 9, Name: "SIGKILL", Default: "terminate"},
		{Number: 11, Name: "SIGSEGV", Default: "core", Catchable: true},
		{Number: 19, Name: "SIGSTOP", Default: "stop"},
		{Number: 34, Name: "SIGRTMIN", Default: "terminate", Catchable: true},
		{Number: 64, Name: "SIGRTMIN+30", Default: "terminate", Catchable: true},
	} {
		found := false
		for _, r := range rows {
			found = found || r.Number == want.Number && r.Name == want.Name && r.Default == want.Default && r.Catchable == want.Catchable
		}
		if !found {
			t.Errorf("no row like %+v", want)
		}
	}
	if text := ipclab.Signals().String(); len(rows) != 62 || !strings.Contains(text, "SIGEMT, a general hardware fault, is absent") {
		t.Errorf("%d rows\n%s", len(rows), text)
	}
	var none *ipclab.SignalTable
	if none.Rows() != nil || none.String() == "" {
		t.Error("a nil table has rows")
	}
}

// TestDefaultActions compares the table with what the system does.
func TestDefaultActions(t *testing.T) {
	want := map[string]func(unix.WaitStatus) bool{
		"terminate": unix.WaitStatus.Signaled, "core": unix.WaitStatus.Signaled, "stop": unix.WaitStatus.Stopped,
		"ignore": unix.WaitStatus.Exited, "continue": unix.WaitStatus.Exited,
	}
	for _, r := range ipclab.Signals().Rows() {
		sig := syscall.Signal(r.Number)
		if r.Use != "" || sig == unix.SIGPIPE || sig > ipclab.RtMin {
			continue
		}
		pid, err := ipclab.Fork()
		if err != nil {
			t.Fatal(err)
		}
		if pid == 0 {
			unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
			unix.Setpgid(0, 0) // in a group whose leader's parent is in another session, nobody is stopped from the terminal
			ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
			ipclab.Raise(sig)
			unix.Exit(0)
		}
		var status unix.WaitStatus
		for err = unix.EINTR; err == unix.EINTR; {
			_, err = unix.Wait4(pid, &status, unix.WUNTRACED, nil)
		}
		if err != nil || !want[r.Default](status) {
			t.Errorf("%s: status %#x, %v; want %s", r.Name, uint32(status), err, r.Default)
		}
		if status.Stopped() {
			unix.Kill(pid, unix.SIGKILL)
			ipclab.WaitPid(pid)
		}
	}
}

func TestSignalState(t *testing.T) {
	got := said(t, func(say func(...any)) {
		ipclab.Signal(unix.SIGUSR1, func(syscall.Signal) {})
		ipclab.Sigignore(unix.SIGUSR2)
		ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGTERM))
		ipclab.Raise(unix.SIGTERM)
		s, err := ipclab.SignalState(0)
		for _, r := range s.Rows() {
			if r.Name != "SIGPIPE" {
				say(r.Name, r.Disposition, r.Blocked, r.Pending, err)
			}
		}
	})
	if want := "SIGUSR1 handler false false <nil>\nSIGUSR2 ignored false false <nil>\nSIGTERM default true true <nil>\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
