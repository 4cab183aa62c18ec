package supervisor

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A thread of Go runs only while it has one of GOMAXPROCS places. In a system call it gives its place away as a rule, and
// where other threads of the kernel have them all and wait for a processor, it does not get one back. So while it keeps
// watch the guard makes raw system calls, in which it keeps its place, and there is one place more for the rest.
func reservePlace() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) }

// A watch is what to watch for: the process group is stopped when there are so many tasks more than at first.
type watch struct {
	group int
	tasks uint16
	more  int // at any time
	some  int // in the end, when a look is due, for which the guard needs more than its place
	tick  time.Duration
}

// Go's scheduler asks for the thread by a signal, which ends a nap. It gets it, unless there are as many new tasks as
// this: then not for some more naps, since the thread may not come back in time.
const (
	suspicious = 8
	moreNaps   = 3
)

// keep watches for a while and reports whether it has stopped the group. It may return early.
//
// Nothing in it can be preempted: no function that it calls asks whether it should be.
//
//go:nosplit
func (w *watch) keep(naps int) (stopped bool) {
	nap := unix.Timespec{Sec: int64(w.tick / time.Second), Nsec: int64(w.tick % time.Second)}
	var info unix.Sysinfo_t
	for wanted := 0; naps > 0; naps-- {
		_, _, e := syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&nap)), 0, 0)
		_, _, _ = syscall.RawSyscall(unix.SYS_SYSINFO, uintptr(unsafe.Pointer(&info)), 0, 0)
		more := int(int16(info.Procs - w.tasks))
		if (more >= w.more || more >= w.some && naps == 1) && w.group > 0 {
			_, _, _ = syscall.RawSyscall(unix.SYS_KILL, uintptr(-w.group), uintptr(unix.SIGSTOP), 0)
			return true
		}
		if e != 0 || wanted > 0 {
			wanted++
		}
		if wanted > 0 && (more < suspicious || wanted > moreNaps) {
			return false
		}
	}
	return false
}

// machineTasks is how many processes and threads there are on the machine, modulo 65536.
func machineTasks() uint16 {
	var info unix.Sysinfo_t
	_ = unix.Sysinfo(&info)
	return info.Procs
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
