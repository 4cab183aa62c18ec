package ipclab

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/reserve"
	"ipclab/runtime/fork"
)

// Getpgid returns the process group of process pid; 0 is the calling process. Errors: ESRCH if there is no such process.
// See getpgid(2).
func Getpgid(pid int) (int, error) {
	group, err := unix.Getpgid(pid)
	if err != nil {
		return -1, &Error{Call: "getpgid", Arg: pidText(pid), Err: noProcess(err)}
	}
	return group, nil
}

// Setpgid puts process pid, the calling process if it is 0, into process group pgid; if pgid is 0, into a new group whose
// number is the process's own, and which it leads. What is sent to a group by Killpg reaches all processes in it, and
// what they fork later is in it too. Processes shows groups.
//
//	first, _ := ipclab.Spawn(work)
//	second, _ := ipclab.Spawn(work)
//	ipclab.Setpgid(first.Pid(), 0)
//	ipclab.Setpgid(second.Pid(), first.Pid())
//	ipclab.Killpg(first.Pid(), unix.SIGTERM)
//
// A new child is in its parent's group. A shell calls Setpgid in parent and child both, since either may run first.
//
// Errors: ESRCH if pid is neither the calling process nor a child of it; EACCES if the child runs another program by now;
// EPERM if the group does not exist in this session, or the process leads a session, or is the notebook's own process;
// EINVAL if a number is negative. See setpgid(2) and credentials(7).
func Setpgid(pid, pgid int) error {
	err := error(unix.EINVAL)
	if pid >= 0 && pgid >= 0 {
		err = notebookProcess(pid)
	}
	if err == nil {
		err = unix.Setpgid(pid, pgid)
	}
	switch err {
	case nil:
		return nil
	case unix.EPERM:
		err = because(unix.EPERM, "the group has to exist in the process's session, and the process must not lead a session")
	case unix.EACCES:
		err = because(unix.EACCES, "it runs another program since Exec; call Setpgid before that")
	case unix.ESRCH:
		err = because(unix.ESRCH, "it is neither this process nor a child of it")
	}
	return &Error{Call: "setpgid", Arg: fmt.Sprintf("%s, group %d", pidText(pid), pgid), Err: err}
}

// Getsid returns the session of process pid; 0 is the calling process. Errors: ESRCH if there is no such process. See
// getsid(2).
func Getsid(pid int) (int, error) {
	session, err := unix.Getsid(pid)
	if err != nil {
		return -1, &Error{Call: "getsid", Arg: pidText(pid), Err: noProcess(err)}
	}
	return session, nil
}

// Setsid makes the calling process the leader of a new session and of a new process group in it, both with its own
// number, which it returns; it has no controlling terminal then, as a daemon. Call it in a child: a process that leads a
// group, as the notebook's does, cannot. Errors: EPERM for such a process. See setsid(2) and credentials(7).
func Setsid() (int, error) {
	session, err := unix.Setsid()
	if err == unix.EPERM {
		err = because(unix.EPERM, "this process leads a process group already; call Setsid in a child")
	}
	if err != nil {
		return -1, &Error{Call: "setsid", Arg: pidText(os.Getpid()), Err: err}
	}
	return session, nil
}

// notebookProcess returns an error for the notebook's own process, whose group has to stay what it is.
func notebookProcess(pid int) error {
	own := pid == 0 || pid == os.Getpid()
	if reserve.Any() && (own && !fork.InChild() || pid == experiment.fix()) {
		return because(unix.EPERM, "this is the notebook's own process, whose group is that by which it is interrupted; call Setpgid for a child")
	}
	return nil
}

// noProcess explains ESRCH.
func noProcess(err error) error {
	if err == unix.ESRCH {
		return because(unix.ESRCH, "there is none of that number, or it was waited for")
	}
	return err
}

// groupText names a process group in an error.
func groupText(pgid int) string { return "process group " + strconv.Itoa(pgid) }
