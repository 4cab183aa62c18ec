package ipclab

import (
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/signame"
)

// A Status says how a process ended: by itself, with an exit status, or killed by a signal; and what it used. From Wait4
// it may say also that a process was stopped, or goes on. The methods are the macros of wait(2): Exited is WIFEXITED,
// ExitCode WEXITSTATUS, Signaled WIFSIGNALED, Signal WTERMSIG, CoreDump WCOREDUMP, Stopped WIFSTOPPED, StopSignal
// WSTOPSIG, Continued WIFCONTINUED.
type Status struct {
	wait  unix.WaitStatus
	Usage Usage // the resources it used
}

// A Usage is what a process, and those of its children for which it waited, used. See getrusage(2).
type Usage struct {
	User        time.Duration // processor time in the program
	System      time.Duration // processor time in the kernel on its behalf
	MaxResident int           // most memory resident at a time, in KiB
	MinorFaults int           // page faults served without reading a disk
	MajorFaults int           // page faults that had to read one
	Voluntary   int           // context switches because it waited
	Involuntary int           // context switches because another process's turn had come
}

// Exited reports whether the process ended by itself: by os.Exit, by reaching its end, or by a panic.
func (s Status) Exited() bool { return s.wait.Exited() }

// ExitCode returns the exit status, 0 to 255, or -1 for a process that a signal killed.
func (s Status) ExitCode() int { return s.wait.ExitStatus() }

// Signaled reports whether a signal killed the process.
func (s Status) Signaled() bool { return s.wait.Signaled() }

// Signal returns the signal that killed the process, or -1 for one that ended by itself.
func (s Status) Signal() syscall.Signal { return s.wait.Signal() }

// CoreDump reports whether the kernel wrote a core file.
func (s Status) CoreDump() bool { return s.wait.CoreDump() }

// Stopped reports whether a signal has stopped the process, which is there still.
func (s Status) Stopped() bool { return s.wait.Stopped() }

// StopSignal returns the signal that stopped the process, or -1 for one that is not stopped.
func (s Status) StopSignal() syscall.Signal { return s.wait.StopSignal() }

// Continued reports whether the process goes on after it was stopped.
func (s Status) Continued() bool { return s.wait.Continued() }

// String returns "exited with status 3", "killed by SIGKILL", or the latter with "(core dumped)"; "stopped
// by SIGSTOP" or "continued".
func (s Status) String() string {
	switch {
	case s.wait.Exited():
		return fmt.Sprintf("exited with status %d", s.wait.ExitStatus())
	case s.wait.Signaled() && s.wait.CoreDump():
		return "killed by " + signame.Of(s.wait.Signal()) + " (core dumped)"
	case s.wait.Signaled():
		return "killed by " + signame.Of(s.wait.Signal())
	case s.wait.Stopped():
		return "stopped by " + signame.Of(s.wait.StopSignal())
	case s.wait.Continued():
		return "continued"
	}
	return fmt.Sprintf("wait status %#x", uint32(s.wait))
}

// usage converts what wait4(2) filled in.
func usage(r *unix.Rusage) Usage {
	return Usage{
		User:        time.Duration(r.Utime.Nano()),
		System:      time.Duration(r.Stime.Nano()),
		MaxResident: int(r.Maxrss),
		MinorFaults: int(r.Minflt),
		MajorFaults: int(r.Majflt),
		Voluntary:   int(r.Nvcsw),
		Involuntary: int(r.Nivcsw),
	}
}
