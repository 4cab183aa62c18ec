package supervisor

import (
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A thread of Go runs only while it has one of GOMAXPROCS places. In a system call it gives its place away as a rule, and
// where other threads of the kernel have them all and wait for a processor, it does not get one back. So while it keeps
// watch the guard makes raw system calls, in which it keeps its place, and there is one place more for the rest.
func reservePlace() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) }

// nap sleeps, less long if Go's scheduler wants the thread.
func nap(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_, _, _ = unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&t)), 0, 0)
}

// machineTasks is how many processes and threads there are on the machine, modulo 65536.
func machineTasks() uint16 {
	var info unix.Sysinfo_t
	_, _, _ = unix.RawSyscall(unix.SYS_SYSINFO, uintptr(unsafe.Pointer(&info)), 0, 0)
	return info.Procs
}

// signalGroup sends a signal to all of a process group at one stroke.
func signalGroup(group int, s unix.Signal) {
	_, _, _ = unix.RawSyscall(unix.SYS_KILL, uintptr(-group), uintptr(s), 0)
}

// comeFirst has the calling thread get the processor before others that want it, as far as that is allowed: as a thread
// of real time, which takes privilege, or else by asking for it in short slices (Linux 6.12), which come sooner. What
// the guard takes is far below the tenth of a millisecond as a rule. See sched(7) and sched_setattr(2).
func comeFirst() {
	realTime := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	if unix.SchedSetAttr(0, &realTime, 0) == nil {
		return
	}
	if usual, err := unix.SchedGetAttr(0, 0); err == nil {
		usual.Runtime = 100_000
		_ = unix.SchedSetAttr(0, usual, 0) // else it comes when it comes
	}
}
