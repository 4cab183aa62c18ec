package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// A shell learns in this way that a job was stopped and goes on.
func ExampleWait4() {
	pid, err := ipclab.Fork()
	if err != nil {
		fmt.Println(err)
		return
	}
	if pid == 0 {
		select {}
	}
	var said []string
	for _, signal := range []unix.Signal{unix.SIGSTOP, unix.SIGCONT, unix.SIGKILL} {
		ipclab.Kill(pid, signal)
		_, status, err := ipclab.Wait4(pid, unix.WUNTRACED|unix.WCONTINUED)
		said = append(said, fmt.Sprint(status, " ", err))
	}
	fmt.Println(strings.Join(said, "\n"))
	// Output:
	// stopped by SIGSTOP <nil>
	// continued <nil>
	// killed by SIGKILL <nil>
}

func TestWait4Decodes(t *testing.T) {
	p := spawn(t, func() { select {} })
	if pid, _, err := ipclab.Wait4(p.Pid(), unix.WNOHANG|unix.WUNTRACED); pid != 0 || err != nil {
		t.Errorf("of a child that runs: %d, %v", pid, err)
	}
	p.Signal(unix.SIGSTOP)
	pid, status, err := ipclab.Wait4(-1, unix.WUNTRACED)
	if pid != p.Pid() || err != nil || !status.Stopped() || status.StopSignal() != unix.SIGSTOP || status.Exited() || status.Signaled() || status.Continued() {
		t.Errorf("stopped: %d, %v, %v", pid, status, err)
	}
	if pid, _, _ := ipclab.Wait4(-1, unix.WNOHANG|unix.WUNTRACED); pid != 0 {
		t.Error("one stop was reported twice")
	}
	p.Signal(unix.SIGCONT)
	if _, status, err := ipclab.Wait4(-1, unix.WCONTINUED); err != nil || !status.Continued() || status.StopSignal() != -1 {
		t.Errorf("continued: %v, %v", status, err)
	}
	p.Kill()
	if _, status, err := ipclab.Wait4(p.Pid(), 0); err != nil || status.Signal() != unix.SIGKILL || status.Stopped() {
		t.Errorf("killed: %v, %v", status, err)
	}
	if status, err := p.Wait(); err != nil || status.Signal() != unix.SIGKILL {
		t.Errorf("the handle does not know it: %v, %v", status, err)
	}
	if _, _, err := ipclab.Wait4(p.Pid(), 0); !errors.Is(err, unix.ECHILD) {
		t.Errorf("a second wait: %v", err)
	}
}

func TestWait4OfAGroup(t *testing.T) {
	r, w := pipe(t)
	wait := func() { w.Close(); r.Read(make([]byte, 1)) }
	first, second, other := spawn(t, wait), spawn(t, wait), spawn(t, func() {})
	if err := errors.Join(ipclab.Setpgid(first.Pid(), 0), ipclab.Setpgid(second.Pid(), first.Pid())); err != nil {
		t.Fatal(err)
	}
	if pid, _, err := ipclab.Wait4(-first.Pid(), unix.WNOHANG); pid != 0 || err != nil {
		t.Errorf("of a group that runs: %d, %v", pid, err)
	}
	ipclab.Killpg(first.Pid(), unix.SIGTERM)
	ended := map[int]bool{}
	for range 2 {
		pid, status, err := ipclab.Wait4(-first.Pid(), unix.WUNTRACED)
		if err != nil || status.Signal() != unix.SIGTERM {
			t.Errorf("%d, %v, %v", pid, status, err)
		}
		ended[pid] = true
	}
	if !ended[first.Pid()] || !ended[second.Pid()] {
		t.Errorf("waited for %v", ended)
	}
	if _, _, err := ipclab.Wait4(-first.Pid(), 0); !errors.Is(err, unix.ECHILD) || !strings.Contains(err.Error(), fmt.Sprintf("process group %d", first.Pid())) {
		t.Errorf("of a group that has ended: %v", err)
	}
	if pid, status, err := ipclab.Wait4(0, 0); pid != other.Pid() || err != nil || status.ExitCode() != 0 {
		t.Errorf("of the own group: %d, %v, %v", pid, status, err)
	}
}

func TestWait4Errors(t *testing.T) {
	for name, c := range map[string]struct {
		pid, options int
		is           unix.Errno
	}{
		"options":  {-1, unix.WNOWAIT, unix.EINVAL},
		"no child": {os.Getppid(), 0, unix.ECHILD},
		"none":     {-1, 0, unix.ECHILD},
		"no group": {-(1<<22 + 1), 0, unix.ECHILD},
	} {
		if pid, _, err := ipclab.Wait4(c.pid, c.options); pid != -1 || !errors.Is(err, c.is) {
			t.Errorf("%s: %d, %v", name, pid, err)
		}
	}
}

// TestCoreDump: the flag is set where the system writes core files, or gives them to a program.
func TestCoreDump(t *testing.T) {
	pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	dump := func(limit string) ipclab.Status {
		p := spawn(t, func() {
			os.Chdir(folder)
			fmt.Fprintln(os.Stderr, ipclab.Exec("sh", "-c", "ulimit -c "+limit+"; kill -ABRT $$"))
		})
		status, err := p.Wait()
		if err != nil || status.Signal() != unix.SIGABRT {
			t.Errorf("%v, %v", status, err)
		}
		return status
	}
	toProgram := strings.HasPrefix(string(pattern), "|")
	if s := dump("0"); s.CoreDump() && !toProgram {
		t.Errorf("without room for a core file: %v", s)
	}
	files := func() []os.DirEntry { list, _ := os.ReadDir(folder); return list }
	if s := dump("unlimited"); s.CoreDump() != (toProgram || len(files()) > 0) {
		t.Errorf("%v, files %v, pattern %s", s, files(), pattern)
	}
}
