package ipclab

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/reserve"
	"ipclab/ipclab/signame"
)

// Kill sends a signal to process pid, or, for a negative pid, to all processes of group -pid, as Killpg does. Signal 0
// sends nothing and checks that somebody is there. A zombie takes any signal, to no effect.
//
// In a child of Fork or Spawn that has set nothing for the signal it has the default action, which Signals lists; Fork says
// where Go's way differs. In the notebook's own process SIGUSR1 and others of no use to the Go runtime do nothing.
//
// A number can belong to another process once its process has been waited for; the method Signal of a Process that Spawn
// returned cannot hit another.
//
// Errors: ESRCH if there is no such process or group; EPERM for another user's, and for the kernel of the notebook;
// EINVAL for a number that is no signal, and for 0 and -1, which mean this process's own group and every process there
// is: say Killpg(unix.Getpgrp(), …) for the former. See kill(2).
func Kill(pid int, sig syscall.Signal) error {
	if pid < -1 {
		return Killpg(-pid, sig)
	}
	var err error
	switch {
	case pid <= 0:
		err = because(unix.EINVAL, "0 is the group of this process, -1 every process; name a process, or a group by Killpg")
	case reserve.Any() && pid == parentOf(experiment.fix()):
		err = because(unix.EPERM, "this is the kernel of the notebook")
	default:
		err = noProcess(unix.Kill(pid, sig))
	}
	if err != nil {
		return &Error{Call: "kill", Arg: fmt.Sprintf("%s, %s", pidText(pid), signame.Of(sig)), Err: err}
	}
	handlers.Run() // it may have been for this process
	return nil
}

// Killpg sends a signal to all processes of group pgid, this one included if it is in it. Signal 0 sends nothing and
// checks that somebody is there.
//
// Errors: ESRCH if nobody is in the group; EPERM if none of its processes may be signalled, and, for signals other than
// 0, for the group of the notebook's own process, which the signal would end too: give the children a group by Setpgid;
// EINVAL for a group below 2 or a number that is no signal. See killpg(3) and kill(2).
func Killpg(pgid int, sig syscall.Signal) error {
	var err error
	switch {
	case pgid < 2:
		err = because(unix.EINVAL, "the number of a process group is that of a process, 2 or more")
	case reserve.Any() && sig != 0 && pgid == groupOf(experiment.fix()):
		err = because(unix.EPERM, "the notebook's own process is in it; put the children into a group of theirs, Setpgid(pid, 0)")
	default:
		err = unix.Kill(-pgid, sig)
	}
	if err == unix.ESRCH {
		err = because(unix.ESRCH, "no process is in it")
	}
	if err != nil {
		return &Error{Call: "killpg", Arg: fmt.Sprintf("%s, %s", groupText(pgid), signame.Of(sig)), Err: err}
	}
	handlers.Run()
	return nil
}

// parentOf returns the parent of a process, 0 if there is no such process.
func parentOf(pid int) int {
	s, err := proc.ReadStat(pid)
	if err != nil {
		return 0
	}
	return s.PPid
}

// groupOf returns the process group of a process, 0 if there is no such process.
func groupOf(pid int) int {
	s, err := proc.ReadStat(pid)
	if err != nil {
		return 0
	}
	return s.PGrp
}
