//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestNoDescriptorLeft(t *testing.T) {
	runHelper(t, childLimit, "descriptors")
}

func init() {
	helpers["descriptors"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		limit := unix.Rlimit{Cur: 30, Max: 30}
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			return complain("%v", err)
		}
		var taken []int
		for {
			fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				break
			}
			taken = append(taken, fd)
		}
		if _, err := Fork(); !errors.Is(err, unix.EMFILE) {
			return complain("Fork: %v, want EMFILE", err)
		}
		unix.Close(taken[0]) // one is enough
		if err := run(func() int { return 0 }, 0); err != nil {
			return complain("%v", err)
		}
		return 0
	}
}

// clone(2) fails where a user may have no more processes, or threads.
func TestNoMoreProcesses(t *testing.T) {
	runHelper(t, childLimit, "processes")
}

func TestNoMoreThreads(t *testing.T) {
	out := runHelper(t, childLimit, "threads")
	if want := "fork: the child cannot be completed: clone of a thread: errno 11\n"; out != want {
		t.Errorf("the child wrote %q, want %q", out, want)
	}
}

func init() {
	helpers["processes"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		if err := failClone(false); err != nil {
			return complain("%v", err)
		}
		for range 3 {
			if _, err := Fork(); !errors.Is(err, unix.EAGAIN) || err.Error() != "fork: clone: resource temporarily unavailable" {
				return complain("Fork: %v, want EAGAIN", err)
			}
			if err := workOut(); err != nil {
				return complain("%v", err)
			}
		}
		if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
			return complain("there is a child: %d, %v", pid, err)
		}
		return 0
	}
	helpers["threads"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		spareThreads(10)
		if err := failClone(true); err != nil {
			return complain("%v", err)
		}
		if err := run(func() int { return 0 }, failedStatus); err != nil {
			return complain("%v", err)
		}
		return 0
	}
}

// failClone makes clone(2) of a thread, or of a process, fail with EAGAIN from now on.
func failClone(ofThread bool) error {
	onFlag, offFlag := uint8(1), uint8(0)
	if ofThread {
		onFlag, offFlag = 0, 1
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_CLONE, Jf: 3},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 16}, // seccomp_data.args[0], low half
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.CLONE_THREAD, Jt: onFlag, Jf: offFlag},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EAGAIN)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, e := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); e != 0 {
		return e
	}
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	if e != 0 {
		return e
	}
	return nil
}

// Where the self check fails, Init and Fork say why and everything else works.
func TestSelfCheckFails(t *testing.T) {
	runHelper(t, childLimit, "init fails")
	out := runHelper(t, childLimit, "check fails")
	if !strings.HasPrefix(out, "fork: the child cannot be completed: clone of a thread") {
		t.Errorf("the child wrote %q", out)
	}
}

func init() {
	helpers["init fails"] = func([]string) int {
		if err := failClone(false); err != nil {
			return complain("%v", err)
		}
		first := Init()
		if !errors.Is(first, unix.EAGAIN) {
			return complain("Init: %v, want EAGAIN", first)
		}
		if _, err := Fork(); err != first {
			return complain("Fork: %v", err)
		}
		if err := workOut(); err != nil {
			return complain("%v", err)
		}
		return 0
	}
	helpers["check fails"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		spareThreads(10)
		if err := failClone(true); err != nil {
			return complain("%v", err)
		}
		err := selfCheck()
		if !errors.Is(err, ErrUnsupported) || !strings.HasSuffix(err.Error(), "the child exited with status 255") {
			return complain("the self check: %v", err)
		}
		return 0
	}
}

// spareThreads has the runtime make n threads: it ends the process when it needs one that it cannot make.
func spareThreads(n int) {
	locked, release := make(chan bool), make(chan bool)
	for range n {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			locked <- true
			<-release
		}()
	}
	for range n {
		<-locked
	}
	close(release)
}
