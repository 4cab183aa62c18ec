package ipclab

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/reserve"
	"ipclab/runtime/fork"
)

// Exec replaces the program of this process by another and does not return if that succeeds: the process number, the
// parent, the working directory and all descriptors that are not close-on-exec stay, memory, goroutines and deferred
// calls are gone. The program is looked for in PATH unless its name contains a slash; it gets its name as argument 0,
// then the arguments, and the environment of os.Environ.
//
//	pid, err := ipclab.Fork()
//	if pid == 0 {
//		err := ipclab.Exec("ls", "-l", "/tmp")
//		fmt.Fprintln(os.Stderr, err) // there is no such program
//		os.Exit(127)
//	}
//
// Signals that were caught have their default effect in the program; those that Sigprocmask blocked are blocked, and no
// others. It is killed when its parent ends, as any child is.
//
// Errors: ENOENT if there is no such program, EACCES if the file may not be executed, ENOEXEC if it is no program, E2BIG
// if the arguments are too long; EPERM in the notebook's own process, which would end with all variables: call it in a
// child. See execve(2) and exec(3), execvp.
func Exec(program string, args ...string) error {
	if reserve.Any() && !fork.InChild() {
		return &Error{Call: "exec", Arg: program, Err: because(unix.EPERM,
			"this is the notebook's own process, which the program would replace; call Exec in a child, in Spawn's function")}
	}
	path, err := lookUp(program)
	if err != nil {
		return &Error{Call: "exec", Arg: program, Err: err}
	}
	runtime.LockOSThread() // the one that calls execve is the one that goes on, with what the kernel keeps for it
	defer runtime.UnlockOSThread()
	if err := prepareThread(); err != nil {
		return &Error{Call: "exec", Arg: program, Err: err}
	}
	syscall.ForkLock.Lock() // or a goroutine in the middle of a Queue's Put would leave the queue locked, by a living process
	defer syscall.ForkLock.Unlock()
	err = unix.Exec(path, append([]string{program}, args...), os.Environ())
	if err == unix.ENOEXEC {
		err = because(unix.ENOEXEC, "it is neither a program for this machine nor a script that begins with #!")
	}
	return &Error{Call: "exec", Arg: program, Err: err}
}

// prepareThread lets all signals reach the calling thread, some of which the Go runtime may have blocked in it for a
// moment, but for those that Sigprocmask blocked; and, in a forked child, has it killed when the parent ends.
func prepareThread() error {
	var mask unix.Sigset_t
	if handlers.Here() {
		mask.Val[0] = uint64(handlers.Mask())
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &mask, nil); err != nil {
		return err
	}
	if !fork.InChild() {
		return nil
	}
	return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
}

// lookUp finds a program as execvp does.
func lookUp(program string) (string, error) {
	path, err := exec.LookPath(program)
	switch {
	case err == nil, errors.Is(err, exec.ErrDot):
		return path, nil
	case errors.Is(err, fs.ErrPermission):
		return "", because(unix.EACCES, "the file may not be executed; chmod +x gives that right")
	case errors.Is(err, exec.ErrNotFound) && !strings.Contains(program, "/"):
		return "", because(unix.ENOENT, "no folder of PATH (%s) has a program of that name", os.Getenv("PATH"))
	}
	return "", because(unix.ENOENT, "there is no such file")
}
