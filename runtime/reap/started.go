package reap

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
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
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	started, ok := startOf(text)
	return ok && started >= t
}

// startOf reads the 22nd field of /proc/PID/stat; the third is the first behind the command name.
func startOf(text []byte) (Moment, bool) {
	const field = 22 - 3
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) <= field {
		return 0, false
	}
	n, err := strconv.ParseUint(string(fields[field]), 10, 64)
	return Moment(n), err == nil
}
