package ipclab_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// spoolVariable names, in the environment of the traced program, the spool to which it submits.
const spoolVariable = "IPCLAB_TEST_SPOOL"

// init plays the traced program, before anything of the tests begins.
func init() {
	path := os.Getenv(spoolVariable)
	if path == "" {
		return
	}
	s, err := ipclab.OpenSpool(path)
	if err == nil {
		_, err = s.Submit("job", []byte("data"))
	}
	if err == nil {
		_, err = s.Work(0, func(*ipclab.Job) ([]byte, error) { return []byte("result"), nil })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestSpoolReachesTheDisk follows the system calls of a program that submits a job and does it: contents are brought to
// disk before the rename that makes them seen, the folder after it, and a claim is given up only after that.
func TestSpoolReachesTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.Command(exe)
	program.Env = append(os.Environ(), spoolVariable+"="+path)
	program.Stderr = os.Stderr
	calls, status := tracedCalls(t, program)
	if status.ExitStatus() != 0 {
		t.Fatalf("exit status %d", status.ExitStatus())
	}
	want := []string{
		"fsync tmp/…", "renameat2 tmp/… new/…", "fsync new", // Submit
		"renameat2 new/… claimed/…",                                               // Work claims
		"fsync tmp/…", "renameat2 tmp/… done/…", "fsync done", "unlink claimed/…", // and records
	}
	var got []string
	for _, c := range calls {
		if text, ours := spoolCall(c, path); ours {
			got = append(got, text)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A tracedCall is a system call that was begun: its name, and paths it is about.
type tracedCall struct {
	name  string
	paths []string
}

// spoolCall shortens a call about files of the spool.
func spoolCall(c tracedCall, spool string) (text string, ours bool) {
	text = c.name
	for _, p := range c.paths {
		rest, inside := strings.CutPrefix(p, spool+"/")
		if !inside {
			return "", false
		}
		if folder, _, file := strings.Cut(strings.TrimSuffix(rest, "/"), "/"); file {
			rest = folder + "/…"
		}
		text += " " + strings.TrimSuffix(rest, "/")
	}
	return text, true
}

// tracedCalls runs a program under ptrace(2) and returns the calls that matter to the test.
func tracedCalls(t *testing.T, program *exec.Cmd) (calls []tracedCall, status unix.WaitStatus) {
	t.Helper()
	runtime.LockOSThread() // who traces is a thread
	defer runtime.UnlockOSThread()
	program.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	main := program.Process.Pid
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	const callStop = unix.SIGTRAP | 0x80
	for ready := false; ; {
		pid, err := unix.Wait4(-1, &status, unix.WALL, nil)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			t.Fatal(err)
		case status.Exited() || status.Signaled():
			if pid == main {
				program.Process.Release()
				return calls, status
			}
			continue
		}
		if !ready {
			ready = true
			if err := unix.PtraceSetOptions(main, options); err != nil {
				t.Fatal(err)
			}
		}
		deliver := 0
		switch sig := status.StopSignal(); sig {
		case callStop:
			if c, ok := tracedEntry(pid); ok {
				calls = append(calls, c)
			}
		case unix.SIGTRAP, unix.SIGSTOP: // the exec, a clone, or the thread that it made
		default:
			deliver = int(sig)
		}
		if err := unix.PtraceSyscall(pid, deliver); err != nil && err != unix.ESRCH {
			t.Fatal(err)
		}
	}
}

// tracedEntry returns the call that a stopped thread begins, if it is one of those that matter.
func tracedEntry(pid int) (c tracedCall, ok bool) {
	const getSyscallInfo = 0x420e
	const entry = 1
	var info struct { // struct ptrace_syscall_info
		op     uint8
		_      [3]uint8
		arch   uint32
		ip, sp uint64
		number uint64
		args   [6]uint64
	}
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, getSyscallInfo, uintptr(pid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 || info.op != entry {
		return tracedCall{}, false
	}
	switch info.number {
	case unix.SYS_FSYNC:
		path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, info.args[0]))
		return tracedCall{"fsync", []string{path}}, true
	case unix.SYS_RENAMEAT2:
		return tracedCall{"renameat2", []string{tracedString(pid, info.args[1]), tracedString(pid, info.args[3])}}, true
	case unix.SYS_UNLINKAT:
		return tracedCall{"unlink", []string{tracedString(pid, info.args[1])}}, true
	}
	return tracedCall{}, false
}

// tracedString returns the string at an address of a stopped thread's memory.
func tracedString(pid int, address uint64) string {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	const most = 1024
	b := make([]byte, most)
	n, _ := f.ReadAt(b, int64(address)) // fewer where the memory ends
	s, _, _ := strings.Cut(string(b[:n]), "\x00")
	return s
}
