package reap

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/procstat"
)

// tick is the unit in which /proc tells times, USER_HZ.
const tick = 10 * time.Millisecond

// A Moment is a time in units of /proc/PID/stat, a hundredth of a second since the system was started.
type Moment uint64

// Now is the present moment.
func Now() Moment {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return Moment(time.Duration(t.Nano()) / tick)
}

// StartedSince tells whether a process lives that was started in the moment t or later.
func StartedSince(pid int, t Moment) bool {
	s, err := procstat.Read(pid)
	return err == nil && Moment(s.Start) >= t
}
