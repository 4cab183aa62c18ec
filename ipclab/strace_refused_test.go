package ipclab_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func init() { helpers["ptrace and perf refused"] = refused }

// refused uses what needs ptrace(2) or perf_event_open(2) where neither may be used, as in many containers, and then where only
// the latter may not.
func refused() {
	trips := func() (*ipclab.Latency, error) {
		return ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{Calls: true})
	}
	if err := refuse(unix.SYS_PERF_EVENT_OPEN); err != nil {
		fmt.Println(err)
	}
	l, err := trips()
	fmt.Println("by ptrace:", err == nil && l.Calls["read"] == 2 && l.Calls["write"] == 2, strings.Contains(l.String(), "by ptrace"))
	if err := refuse(unix.SYS_PTRACE); err != nil {
		fmt.Println(err)
	}
	called := false
	_, err = ipclab.Strace(func() { called = true })
	fmt.Println(errors.Is(err, unix.EPERM), called)
	fmt.Println(err)
	_, err = trips()
	fmt.Println(errors.Is(err, unix.EPERM))
}

// refuse makes a system call fail with EPERM from now on.
func refuse(nr uint32) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: nr, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, e := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); e != 0 {
		return e
	}
	if _, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program))); e != 0 {
		return e
	}
	return nil
}

func TestStraceWherePtraceIsRefused(t *testing.T) {
	out, _ := play(t, "ptrace and perf refused")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 || lines[0] != "by ptrace: true true" || lines[1] != "true false" || !strings.Contains(lines[2], "SYS_PTRACE") || lines[3] != "true" {
		t.Errorf("%s", out)
	}
}
