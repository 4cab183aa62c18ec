package ipclab

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/signame"
)

// Flags of a SigAction, to be joined by |. See sigaction(2).
const (
	SaRestart   = handlers.Restart     // a system call that the signal interrupts begins anew, where it can be; EINTR otherwise
	SaResetHand = handlers.ResetHand   // the default action again when the handler begins, as in old UNIX systems
	SaNoDefer   = handlers.NoDefer     // the signal is not blocked while its handler runs
	SaNoCldStop = handlers.NoChildStop // for SIGCHLD: not for children that stop or continue
	SaNoCldWait = handlers.NoChildWait // for SIGCHLD: children that end are not zombies; Wait finds none
	SaSiginfo   = 0x4                  // always so here: a handler is given a Siginfo
)

// A SigAction is the disposition of a signal: what a process does when it comes. The zero value is the default action,
// which Signals lists. See sigaction(2).
type SigAction struct {
	Handler func(Siginfo) // called when the signal comes
	Ignore  bool          // the signal does nothing: SIG_IGN; Handler has to be nil
	Flags   int           // SaRestart and others
	Mask    Sigset        // blocked while the handler runs, beside the signal itself
}

// String returns "default", "ignore" or "handler", with flags and mask.
func (a SigAction) String() string {
	s := "default"
	switch {
	case a.Ignore:
		s = "ignore"
	case a.Handler != nil:
		s = "handler"
	}
	for _, f := range []struct {
		flag int
		name string
	}{
		{SaRestart, "SA_RESTART"}, {SaResetHand, "SA_RESETHAND"}, {SaNoDefer, "SA_NODEFER"},
		{SaNoCldStop, "SA_NOCLDSTOP"}, {SaNoCldWait, "SA_NOCLDWAIT"},
	} {
		if a.Flags&f.flag != 0 {
			s += ", " + f.name
		}
	}
	if a.Mask != 0 {
		s += ", mask " + a.Mask.String()
	}
	return s
}

// Sigaction says what this process does on a signal, and returns what it did before; with nil it only returns that.
//
//	old, err := ipclab.Sigaction(unix.SIGUSR1, &ipclab.SigAction{
//		Handler: func(i ipclab.Siginfo) { fmt.Println(i) },
//		Flags:   ipclab.SaRestart,
//	})
//
// It is for a process of its own, a child made by Fork or Spawn: the first call there, of this function or another of
// those for signals, makes its goroutine the one that takes all signals of the process. It stays on its thread, and the
// other threads block them, so what a C program of one thread sees holds here too: a handler interrupts the goroutine,
// in a system call that waits as in a computation; a blocked signal stays pending; standard signals merge, real-time
// ones queue. Signals that have no handler have the default action, but for the SIGPIPE of a write: a write to a pipe
// without reader goes on to fail with EPIPE.
//
// What differs from C:
//   - The handler runs on the goroutine between two steps of the cell: after each call, and in a loop at least once each
//     time round. A wait of Go's own in a cell (a channel, time.Sleep, package sync) goes on after the handler, as with
//     SaRestart; FD.Read, Wait, Nanosleep and the like return EINTR as the kernel has it. In compiled code (sort.Slice, an
//     os.File, a test's functions) the handler runs when that returns.
//   - Memory is never half written by Go's own doing, and a handler may call anything, where C allows only what is
//     async-signal-safe. But a handler that needs a lock which the interrupted code holds waits for ever, and one that
//     changes what the interrupted code was just changing breaks it, as in C.
//   - A panic of a handler goes on in the interrupted code, which can recover it: that is siglongjmp(3).
//
// A child that this process forks has the same handlers. Do not use os/signal beside: it puts its own in their place.
//
// Errors: EPERM in a process that was not made by Fork or Spawn, so in the notebook's own, and on another goroutine than
// the one that takes the signals; EINVAL for SIGKILL and SIGSTOP, for a number that is no signal, for both Handler and
// Ignore; for a handler of a fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS), which is a panic in Go; for the
// signals that the Go runtime and the notebook need, see Signals. See sigaction(2) and signal(7).
func Sigaction(sig syscall.Signal, action *SigAction) (old SigAction, err error) {
	if err := settable(sig, action); err != nil {
		return old, sigactionError(sig, err)
	}
	if action != nil {
		if err := claimSignals(); err != nil {
			return old, sigactionError(sig, err)
		}
	}
	before, err := handlers.GetAction(int(sig))
	if err != nil {
		return old, sigactionError(sig, err)
	}
	old = SigAction{Ignore: before.Ignore, Flags: int(before.Flags), Mask: Sigset(before.Mask)}
	if before.Handler != nil {
		old.Handler = func(i Siginfo) { before.Handler(infoOf(i)) }
	}
	if action == nil {
		return old, nil
	}
	if err := handlers.SetAction(int(sig), action.inner()); err != nil {
		return old, sigactionError(sig, err)
	}
	return old, nil
}

// Signal has a signal call handler, as signal(2) of the C library does: interrupted calls begin anew (SaRestart), and
// the signal is blocked while the handler runs. A nil handler is the default action, SIG_DFL; Sigignore is SIG_IGN.
// Errors: those of Sigaction.
func Signal(sig syscall.Signal, handler func(sig syscall.Signal)) error {
	a := &SigAction{}
	if handler != nil {
		a.Handler, a.Flags = func(i Siginfo) { handler(i.Signo) }, SaRestart
	}
	_, err := Sigaction(sig, a)
	return err
}

// Sigignore has this process ignore a signal: SIG_IGN. Unlike a handler, that lives on in a program it executes. Errors:
// those of Sigaction. See sigset(3).
func Sigignore(sig syscall.Signal) error {
	_, err := Sigaction(sig, &SigAction{Ignore: true})
	return err
}

// inner returns the action as package handlers has it.
func (a *SigAction) inner() handlers.Action {
	in := handlers.Action{Ignore: a.Ignore, Flags: uint64(a.Flags), Mask: handlers.Set(a.Mask)}
	if f := a.Handler; f != nil {
		in.Handler = func(i *handlers.Info) { f(siginfo(i)) }
	}
	return in
}

// infoOf is the way back from a Siginfo, for a handler that was set before and is called by hand.
func infoOf(i Siginfo) *handlers.Info {
	return handlers.NewInfo(int(i.Signo), i.Code, i.Pid, i.Uid, i.Value)
}

// settable returns an error if a signal cannot have the action.
func settable(sig syscall.Signal, a *SigAction) error {
	const flags = SaRestart | SaResetHand | SaNoDefer | SaNoCldStop | SaNoCldWait | SaSiginfo
	switch {
	case bitOf(sig) == 0:
		return because(unix.EINVAL, "signals have the numbers 1 to %d", signalLast)
	case a == nil:
		return nil
	case sig == unix.SIGKILL || sig == unix.SIGSTOP:
		return because(unix.EINVAL, "it cannot be caught or ignored")
	case !takeable().Has(sig) && (a.Handler != nil || a.Ignore || !isFault(sig)):
		return because(unix.EINVAL, "%s", takenBy(sig))
	case a.Handler != nil && a.Ignore:
		return because(unix.EINVAL, "give a handler or Ignore, not both")
	case a.Flags&^flags != 0:
		return because(unix.EINVAL, "flags %#x: want SaRestart and the like", a.Flags&^flags)
	}
	return nil
}

// sigactionError is the error of Sigaction.
func sigactionError(sig syscall.Signal, err error) error {
	return &Error{Call: "sigaction", Arg: signame.Of(sig), Err: err}
}

// claimSignals makes the calling goroutine the one that takes the signals of this process.
func claimSignals() error {
	err := handlers.Claim()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, handlers.ErrNotChild):
		return because(unix.EPERM, "signals are for a process of its own: call this in a child, in Spawn's function")
	case errors.Is(err, handlers.ErrOther):
		return because(unix.EPERM, "another goroutine takes the signals of this process, the first that called a function for signals")
	}
	return fmt.Errorf("prepare to take signals: %w", err)
}
