package ipclab

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/mapped"
	"ipclab/ipclab/signame"
)

// A Process is a child made by Spawn. Its methods may be called from any goroutine, and from other processes of the
// experiment, apart from Wait, which is the parent's.
type Process struct {
	child *child
	start uint64 // when it started: tells it from a later process of the same number
}

// Spawn runs f in a child and returns a handle of it at once. The child exits with status 0 when f returns, with the
// status that f gives to os.Exit, and with status 2 after writing to standard error if f panics.
//
// The child is a copy of this process, as after Fork: f sees the variables as they were, and what it assigns stays in
// the child. Results come back through a pipe, a shared mapping or the exit status. A signal for which the child has no
// handler has its default action, which ends the process for most: see Fork and Signals.
//
// Errors: EINVAL if f is nil, and those of Fork.
func Spawn(f func()) (*Process, error) {
	if f == nil {
		return nil, &Error{Call: "spawn", Err: because(unix.EINVAL, "the function is nil")}
	}
	c, err := forkChild()
	if err != nil {
		return nil, err
	}
	if c == nil {
		runAndExit(f)
	}
	p := &Process{child: c}
	if s, err := proc.ReadStat(c.pid); err == nil {
		p.start = s.Start
	}
	return p, nil
}

// runAndExit runs f and ends the process: nothing of the parent's stack above may go on in the child.
func runAndExit(f func()) {
	code := 2
	defer func() {
		// Without a value to recover, f did not return either: it called runtime.Goexit.
		if v := recover(); v != nil {
			if text, ok := mapped.Fault(v); ok {
				v = text
			}
			fmt.Fprintf(os.Stderr, "panic in process %d: %v\n", os.Getpid(), v)
		} else if code != 0 {
			fmt.Fprintf(os.Stderr, "process %d: the function ended its goroutine without returning\n", os.Getpid())
		}
		unix.Exit(code) // not os.Exit, whose hooks (go test's, for one) are the parent's
	}()
	f()
	code = 0
}

// Pid returns the process number, as Processes and Descriptors show it; 0 for a nil handle.
func (p *Process) Pid() int {
	if p == nil || p.child == nil {
		return 0
	}
	return p.child.pid
}

// Wait blocks until the process has ended and returns how. It may be called again, and returns the same. Errors: ECHILD
// in a process that is not the parent; EINTR if a handler without SaRestart ran. See waitpid(2).
func (p *Process) Wait() (Status, error) {
	if p.Pid() == 0 {
		return Status{}, p.missing("waitpid")
	}
	status, _, err := p.child.wait()
	if err != nil {
		return Status{}, &Error{Call: "waitpid", Arg: pidText(p.Pid()), Err: err}
	}
	return status, nil
}

// Status returns how the process ended, and true, once it has been waited for; false before that, whether it runs or
// is a zombie.
func (p *Process) Status() (Status, bool) {
	if p.Pid() == 0 {
		return Status{}, false
	}
	return p.child.done()
}

// Signal sends a signal to the process. Signal 0 sends nothing and checks that the process is there. A zombie takes any
// signal, to no effect. Errors: ESRCH once the process has been waited for, even if another has its number by now;
// EINVAL for a number that is no signal. See kill(2) and pidfd_send_signal(2).
func (p *Process) Signal(sig syscall.Signal) error {
	if p.Pid() == 0 {
		return p.missing("kill")
	}
	if err := p.send(sig); err != nil {
		return &Error{Call: "kill", Arg: fmt.Sprintf("%s, %s", pidText(p.Pid()), signame.Of(sig)), Err: err}
	}
	return nil
}

// Kill sends SIGKILL, which no process can catch, block or ignore. Errors: as for Signal.
func (p *Process) Kill() error { return p.Signal(unix.SIGKILL) }

// send sends sig. A descriptor of the process is opened first: the number may be used again between a check and a
// kill(2), the descriptor stays with the process for which it was opened.
func (p *Process) send(sig syscall.Signal) error {
	if _, ended := p.child.done(); ended {
		return because(unix.ESRCH, "it has ended and was waited for")
	}
	fd, err := unix.PidfdOpen(p.Pid(), 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if s, err := proc.ReadStat(p.Pid()); err != nil || s.Start != p.start {
		return unix.ESRCH
	}
	return unix.PidfdSendSignal(fd, sig, nil, 0)
}

// String returns "process 4242", with how it ended once it has been waited for.
func (p *Process) String() string {
	if p.Pid() == 0 {
		return "no process"
	}
	if status, ended := p.Status(); ended {
		return pidText(p.Pid()) + ", " + status.String()
	}
	return pidText(p.Pid())
}

// missing is the error of a call on a nil handle.
func (p *Process) missing(call string) error {
	return &Error{Call: call, Err: because(unix.EINVAL, "the process handle is nil; Spawn makes one")}
}
