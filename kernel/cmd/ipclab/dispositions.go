package main

import (
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// passDefaults has the programs that this one executes begin with the default actions of signals that were ignored when it
// was started itself, as a shell without job control does for what it runs in the background: an ignored SIGINT would
// keep every program of a cell from being interrupted. A handler does nothing here either, but unlike SIG_IGN it does not
// live on in a program. See execve(2).
func passDefaults() {
	status, _ := os.ReadFile("/proc/self/status")
	nobody := make(chan os.Signal, 1)
	for _, s := range ignoredIn(string(status)) {
		signal.Notify(nobody, s)
	}
}

// ignoredIn returns the signals that a process ignores, from what proc_pid_status(5) says. Those that the C library keeps
// for itself, 32 and 33, are left out: nobody sends them.
func ignoredIn(status string) (list []syscall.Signal) {
	const ofLibrary = 1<<31 | 1<<32
	for line := range strings.Lines(status) {
		value, ok := strings.CutPrefix(line, "SigIgn:")
		if !ok {
			continue
		}
		mask, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		if err != nil {
			return nil
		}
		for i := range 64 {
			if mask&^ofLibrary&(1<<i) != 0 {
				list = append(list, syscall.Signal(i+1))
			}
		}
	}
	return list
}
