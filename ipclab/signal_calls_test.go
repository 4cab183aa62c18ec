package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestSignalCalls(t *testing.T) {
	const usr1 = unix.SIGUSR1
	// Alarms that come again and again: on a busy machine the first may come before the call that it is to interrupt.
	alarm := func(flags int) {
		ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: nothing, Flags: flags})
		tick := unix.NsecToTimeval(int64(5 * time.Millisecond))
		unix.Setitimer(unix.ItimerReal, unix.Itimerval{Interval: tick, Value: tick})
	}
	for _, c := range []struct {
		name string
		f    func(say func(...any))
		want string
	}{
		{"write", func(say func(...any)) {
			_, w, _ := ipclab.Pipe()
			alarm(0)
			n, err := w.Write(make([]byte, 1<<17))
			say(n, errors.Is(err, unix.EINTR))
		}, "65536 true\n"},
		{"open", func(say func(...any)) {
			path := fmt.Sprintf("/tmp/ipclab-signal-%d", os.Getpid())
			ipclab.Mkfifo(path, 0o600)
			defer os.Remove(path)
			alarm(0)
			_, err := ipclab.Open(path, unix.O_RDONLY)
			say(errors.Is(err, unix.EINTR))
		}, "true\n"},
		{"wait", func(say func(...any)) {
			ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
			child, _ := ipclab.Spawn(func() { unix.Pause() })
			alarm(0)
			_, err := child.Wait()
			say(errors.Is(err, unix.EINTR))
			alarm(ipclab.SaRestart)
			ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: func(ipclab.Siginfo) { child.Kill() }, Flags: ipclab.SaRestart})
			say(child.Wait())
		}, "true\nkilled by SIGKILL <nil>\n"},
		{"SIGCHLD", func(say func(...any)) {
			var info ipclab.Siginfo
			ipclab.Sigaction(unix.SIGCHLD, &ipclab.SigAction{Handler: func(i ipclab.Siginfo) { info = i }})
			old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGCHLD))
			child, _ := ipclab.Spawn(func() { os.Exit(3) })
			for info.Pid == 0 {
				ipclab.Sigsuspend(old)
			}
			say(info.Pid == child.Pid(), info.CodeName(), info.Status)
		}, "true CLD_EXITED 3\n"},
		{"SA_NOCLDWAIT", func(say func(...any)) {
			ipclab.Sigaction(unix.SIGCHLD, &ipclab.SigAction{Flags: ipclab.SaNoCldWait})
			child, _ := ipclab.Spawn(func() {})
			_, err := child.Wait()
			say(errors.Is(err, unix.ECHILD))
		}, "true\n"},
		{"sigtimedwait interrupted", func(say func(...any)) {
			ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(usr1))
			alarm(ipclab.SaRestart)
			_, err := ipclab.Sigtimedwait(ipclab.NewSigset(usr1), time.Minute)
			say(errors.Is(err, unix.EINTR))
			_, err = ipclab.Sigtimedwait(ipclab.NewSigset(usr1), 0)
			say(errors.Is(err, unix.EAGAIN))
			ipclab.Raise(usr1)
			i, err := ipclab.Sigtimedwait(ipclab.NewSigset(usr1), 0)
			say(i.Signo == usr1, err)
		}, "true\ntrue\ntrue <nil>\n"},
		{"ppoll", func(say func(...any)) {
			r, w, _ := ipclab.Pipe()
			fds := []unix.PollFd{{Fd: int32(r), Events: unix.POLLIN}}
			say(ipclab.Ppoll(fds, time.Millisecond, nil))
			ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGALRM))
			alarm(ipclab.SaRestart)
			none := ipclab.Sigset(0)
			_, err := ipclab.Ppoll(fds, time.Minute, &none)
			say(errors.Is(err, unix.EINTR))
			alarm(0)
			n, err := ipclab.Ppoll(fds, 20*time.Millisecond, nil) // the signal is blocked again
			pending, _ := ipclab.Sigpending()
			say(n, err, pending)
			w.Write([]byte("x"))
			say(ipclab.Ppoll(fds, -1, nil))
		}, "0 <nil>\ntrue\n0 <nil> {SIGALRM}\n1 <nil>\n"},
		{"signalfd", func(say func(...any)) {
			set := ipclab.NewSigset(usr1)
			ipclab.Sigprocmask(unix.SIG_BLOCK, set)
			fd, _ := ipclab.Signalfd(set, unix.SFD_NONBLOCK)
			_, err := fd.ReadSiginfo()
			say(errors.Is(err, unix.EAGAIN))
			ipclab.Kill(os.Getpid(), usr1)
			i, err := fd.ReadSiginfo()
			say(i.Signo == usr1, i.CodeName(), i.Pid == os.Getpid(), err)
			r, w, _ := ipclab.Pipe()
			w.Write([]byte("x"))
			_, err = r.ReadSiginfo()
			say(errors.Is(err, unix.EINVAL))
			_, err = ipclab.FD(-1).ReadSiginfo()
			say(errors.Is(err, unix.EBADF))
		}, "true\ntrue SI_USER true <nil>\ntrue\ntrue\n"},
		{"alarm", func(say func(...any)) {
			ipclab.Alarm(time.Hour)
			left, err := ipclab.Alarm(0)
			say(left > 59*time.Minute, err)
			ipclab.Alarm(time.Microsecond / 2) // rounded up
			unix.Pause()
		}, "true <nil>\nkilled by SIGALRM"},
	} {
		if got := said(t, c.f); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
