package ipclab

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/interpreted"
	"ipclab/ipclab/machine"
)

// machineState reads how busy the machine is, what the hypervisor has taken from it, and how fast its processors run. What
// cannot be read is left out.
func machineState() bench.State {
	s := bench.State{Governor: machine.Read().Governor}
	if text, err := os.ReadFile("/proc/stat"); err == nil {
		s.ParseStat(text)
	}
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		unix.Getrusage(who, &u) // with these arguments it cannot fail
		s.Own += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	files, _ := filepath.Glob("/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq")
	for _, f := range files {
		text, _ := os.ReadFile(f)
		if kHz, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && kHz > 0 {
			s.Frequencies = append(s.Frequencies, kHz)
		}
	}
	return s
}

// interpretedFunctions returns how many of the functions are interpreted.
func interpretedFunctions(functions ...func() error) (n int) {
	for _, f := range functions {
		if interpreted.Function(f) {
			n++
		}
	}
	return n
}
