package kernelspec

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Bounds that the checks compare with.
const (
	leastMajor, leastMinor = 5, 4 // Linux; for pidfd_open(2) and waitid(2) with P_PIDFD
	leastFiles             = 1024 // open files; each experiment needs a few a process
	leastShared            = 64e6 // bytes of /dev/shm; what containers get by default
	memory                 = "/dev/shm"
	ptraceScope            = "/proc/sys/kernel/yama/ptrace_scope"
)

func checkKernelVersion() Finding {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return Finding{"Linux", Missing, os.NewSyscallError("uname", err).Error(), "run it on Linux"}
	}
	release := unix.ByteSliceToString(u.Release[:])
	return found("Linux", recent(release), Missing, release+" on "+runtime.GOARCH,
		fmt.Sprintf("the kernel needs Linux %d.%d or later", leastMajor, leastMinor))
}

// recent reads a release such as 6.18.4-generic.
func recent(release string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor); n != 2 {
		return false
	}
	return major > leastMajor || major == leastMajor && minor >= leastMinor
}

// checkPidfd tries a system call that sandboxes of containers have been known to
// refuse.
func checkPidfd() Finding {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return Finding{"pidfd_open(2)", Missing, err.Error(), "allow the system call in the container's seccomp profile"}
	}
	unix.Close(fd)
	return Finding{"pidfd_open(2)", OK, "works", ""}
}

func checkProc() Finding {
	for _, path := range []string{"/proc/self/task", "/proc/self/fdinfo", "/proc/self/fd"} {
		if _, err := os.ReadDir(path); err != nil {
			return Finding{"/proc", Missing, err.Error(), "as root, type: mount -t proc proc /proc"}
		}
	}
	return Finding{"/proc", OK, "readable", ""}
}

func (m Machine) checkCell() Finding {
	const what = "a cell"
	start := time.Now()
	if err := m.CellCheck(); err != nil {
		return Finding{what, Missing, err.Error(), "if no other line says why, this is a fault of ipclab"}
	}
	return Finding{what, OK, fmt.Sprintf("runs; %d ms with the start and the end of its kernel", time.Since(start).Milliseconds()), ""}
}

func (m Machine) checkFork() Finding {
	if err := m.ForkCheck(); err != nil {
		return Finding{"fork in cells", Note, err.Error(), "Fork and Spawn will return an error; everything else works"}
	}
	return Finding{"fork in cells", OK, "works", ""}
}

// checkPtrace: whether a cell reads standard input is seen in /proc/PID/syscall,
// which needs the right to trace descendants (ptrace(2), "Ptrace access mode
// checking").
func checkPtrace() Finding {
	const what = "ptrace scope"
	data, err := os.ReadFile(ptraceScope)
	if os.IsNotExist(err) {
		return Finding{what, OK, "not restricted", ""}
	}
	scope, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return Finding{what, Note, fmt.Sprintf("%s: cannot be read", ptraceScope), "cells may not be able to read standard input"}
	}
	return found(what, scope <= 1 || scope == 2 && os.Geteuid() == 0, Note, strconv.Itoa(scope),
		"cells cannot read standard input; as root, type: sysctl kernel.yama.ptrace_scope=1")
}

func checkOpenFiles() Finding {
	const what = "open files"
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return Finding{what, Note, os.NewSyscallError("getrlimit", err).Error(), ""}
	}
	return found(what, limit.Cur >= leastFiles, Note, fmt.Sprintf("at most %d a process", limit.Cur),
		fmt.Sprintf("experiments with many processes need more, type: ulimit -n %d", leastFiles))
}

func checkSharedMemory() Finding {
	var st unix.Statfs_t
	if err := unix.Statfs(memory, &st); err != nil {
		return Finding{memory, Note, os.NewSyscallError("statfs", err).Error(),
			"POSIX shared memory will not work; as root, type: mount -t tmpfs tmpfs " + memory}
	}
	size := float64(st.Blocks) * float64(st.Bsize)
	return found(memory, size >= leastShared, Note, fmt.Sprintf("%.0f MB", size/1e6),
		"large shared memory segments will not fit; in a container: --shm-size=256m")
}

func checkCompiler() Finding {
	for _, name := range []string{"gcc", "cc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			return Finding{"C compiler", OK, path, ""}
		}
	}
	return Finding{"C compiler", Note, "none on PATH", "for experiments in C, type: apt-get install gcc libc6-dev"}
}
