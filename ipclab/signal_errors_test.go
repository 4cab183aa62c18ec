package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestSignalErrors(t *testing.T) {
	child := spawn(t, func() { unix.Pause() })
	gone := spawn(t, func() {})
	gone.Wait()
	handler := &ipclab.SigAction{Handler: nothing}
	claimed := func(f func() error) func() error {
		return func() error {
			ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
			return f()
		}
	}
	action := func(sig syscall.Signal, a *ipclab.SigAction) func() error {
		return func() error { return last(ipclab.Sigaction(sig, a)) }
	}
	for _, c := range []struct {
		name string
		f    func() error
		own  bool // in this process, not in a child
		is   unix.Errno
		text string
	}{
		{"SIGKILL", action(unix.SIGKILL, handler), false, unix.EINVAL, "sigaction: SIGKILL: it cannot be caught"},
		{"SIGSTOP", action(unix.SIGSTOP, &ipclab.SigAction{Ignore: true}), false, unix.EINVAL, "sigaction: SIGSTOP: "},
		{"0", action(0, handler), false, unix.EINVAL, "sigaction: signal 0: "},
		{"65", action(65, nil), true, unix.EINVAL, "sigaction: signal 65: "},
		{"fault", action(unix.SIGSEGV, handler), false, unix.EINVAL, "sigaction: SIGSEGV: a fault"},
		{"SIGURG", action(unix.SIGURG, &ipclab.SigAction{}), false, unix.EINVAL, "sigaction: SIGURG: the Go runtime"},
		{"40", action(40, handler), false, unix.EINVAL, "sigaction: SIGRTMIN+6: ipclab"},
		{"both", action(unix.SIGUSR1, &ipclab.SigAction{Handler: nothing, Ignore: true}), false, unix.EINVAL, "sigaction: SIGUSR1: give a handler or Ignore"},
		{"flags", action(unix.SIGUSR1, &ipclab.SigAction{Flags: 1 << 20}), false, unix.EINVAL, "sigaction: SIGUSR1: flags 0x100000"},
		{"own process", action(unix.SIGUSR1, handler), true, unix.EPERM, "call this in a child, in Spawn's function"},
		{"own mask", func() error { return last(ipclab.Sigprocmask(unix.SIG_BLOCK, 1)) }, true, unix.EPERM, "sigprocmask: {SIGHUP}: "},
		{"own alarm", func() error { return last(ipclab.Alarm(time.Second)) }, true, unix.EPERM, "alarm: 1s: "},
		{"own pause", ipclab.Pause, true, unix.EPERM, "pause: "},
		{"own sigsuspend", func() error { return ipclab.Sigsuspend(0) }, true, unix.EPERM, "sigsuspend: {}: "},
		{"own sigpending", func() error { return last(ipclab.Sigpending()) }, true, unix.EPERM, "sigpending: "},
		{"own signalfd", func() error { return last(ipclab.Signalfd(1, 0)) }, true, unix.EPERM, "signalfd: {SIGHUP}: "},
		{"own ppoll", func() error { return last(ipclab.Ppoll(nil, 0, new(ipclab.Sigset))) }, true, unix.EPERM, "ppoll: "},
		{"other goroutine", claimed(func() (err error) {
			done := make(chan struct{})
			go func() { defer close(done); err = ipclab.Pause() }()
			<-done
			return err
		}), false, unix.EPERM, "pause: another goroutine"},
		{"how", func() error { return last(ipclab.Sigprocmask(9, 0)) }, true, unix.EINVAL, "sigprocmask: how 9: "},
		{"signalfd flags", claimed(func() error { return last(ipclab.Signalfd(1, 1)) }), false, unix.EINVAL, "signalfd: "},
		{"no set", func() error { return last(ipclab.Sigwaitinfo(0)) }, true, unix.EINVAL, "sigwaitinfo: {}: "},
		{"limit", func() error { return last(ipclab.Sigtimedwait(1, -1)) }, true, unix.EINVAL, "sigtimedwait: {SIGHUP}: limit"},
		{"alarm", func() error { return last(ipclab.Alarm(-1)) }, true, unix.EINVAL, "alarm: -1ns: "},
		{"nanosleep", func() error { return last(ipclab.Nanosleep(-1)) }, true, unix.EINVAL, "nanosleep: -1ns: "},
		{"raise", func() error { return ipclab.Raise(99) }, true, unix.EINVAL, "raise: signal 99: "},
		{"sigqueue 0", func() error { return ipclab.Sigqueue(0, 10, 0) }, true, unix.EINVAL, "sigqueue: process 0, SIGUSR1: "},
		{"sigqueue 99", func() error { return ipclab.Sigqueue(child.Pid(), 99, 0) }, true, unix.EINVAL, "sigqueue: process "},
		{"sigqueue gone", func() error { return ipclab.Sigqueue(gone.Pid(), 10, 0) }, true, unix.ESRCH, "sigqueue: process "},
		{"sigqueue another user's", func() error {
			if err := unix.Setresuid(65534, 65534, 65534); err != nil && os.Geteuid() == 0 {
				return err
			}
			return ipclab.Sigqueue(1, 10, 0)
		}, false, unix.EPERM, "sigqueue: process 1, SIGUSR1: "},
		{"sigqueue too many", claimed(func() (err error) {
			ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(ipclab.RtMin))
			unix.Setrlimit(unix.RLIMIT_SIGPENDING, &unix.Rlimit{Cur: 2, Max: 2})
			for range 4 {
				err = ipclab.Sigqueue(os.Getpid(), ipclab.RtMin, 0)
			}
			return err
		}), false, unix.EAGAIN, "RLIMIT_SIGPENDING"},
		{"read within", func() error { return last(ipclab.FD(0).ReadWithin(nil, -1)) }, true, unix.EINVAL, "read: descriptor 0: limit"},
		{"read within -1", func() error { return last(ipclab.FD(-1).ReadWithin(nil, 1)) }, true, unix.EBADF, "read: descriptor -1: "},
		{"state", func() error { return last(ipclab.SignalState(-1)) }, true, unix.EINVAL, "SignalState: process -1: "},
		{"state gone", func() error { return last(ipclab.SignalState(gone.Pid())) }, true, unix.ESRCH, "SignalState: process "},
	} {
		var got string
		var is bool
		if c.own {
			err := c.f()
			got, is = fmt.Sprint(err), errors.Is(err, c.is)
		} else {
			got = said(t, func(say func(...any)) {
				err := c.f()
				say(errors.Is(err, c.is), err)
			})
			got, is = strings.CutPrefix(got, "true ")
		}
		if !is || !strings.Contains(got, c.text) {
			t.Errorf("%s: %q, want %v and %q", c.name, got, c.is, c.text)
		}
	}
}
