package supervisor

import "golang.org/x/sys/unix"

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

// machineTasks is how many processes and threads there are on the machine, modulo 65536.
func machineTasks() uint16 {
	var info unix.Sysinfo_t
	_ = unix.Sysinfo(&info)
	return info.Procs
}
