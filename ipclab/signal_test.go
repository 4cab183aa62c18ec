package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
)

// said runs f in a child and returns what it said, a line each, and how it ended unless that was well.
func said(t *testing.T, f func(say func(...any))) string {
	t.Helper()
	r, w := pipe(t)
	child := spawn(t, func() {
		r.Close()
		f(func(values ...any) { fmt.Fprintln(w, values...) })
	})
	w.Close()
	var text []byte
	within(t, func() { text, _ = io.ReadAll(r) })
	status, err := child.Wait()
	if err != nil || !status.Exited() || status.ExitCode() != 0 {
		return string(text) + status.String()
	}
	return string(text)
}

// nothing is a handler.
func nothing(ipclab.Siginfo) {}

func TestHandlers(t *testing.T) {
	const usr1, usr2 = unix.SIGUSR1, unix.SIGUSR2
	for _, c := range []struct {
		name string
		f    func(say func(...any))
		want string
	}{
		{"blocked while it runs", func(say func(...any)) {
			depth := 0
			ipclab.Signal(usr1, func(syscall.Signal) {
				if depth++; depth < 3 {
					ipclab.Raise(usr1)
				}
				say(depth)
			})
			ipclab.Raise(usr1)
		}, "1\n2\n3\n"},
		{"SA_NODEFER", func(say func(...any)) {
			depth := 0
			ipclab.Sigaction(usr1, &ipclab.SigAction{Flags: ipclab.SaNoDefer, Handler: func(ipclab.Siginfo) {
				if depth++; depth < 3 {
					ipclab.Raise(usr1)
				}
				say(depth)
			}})
			ipclab.Raise(usr1)
		}, "3\n3\n3\n"},
		{"not in the mask", func(say func(...any)) {
			ipclab.Signal(usr2, func(syscall.Signal) { say("inner") })
			ipclab.Signal(usr1, func(syscall.Signal) { ipclab.Raise(usr2); say("outer") })
			ipclab.Raise(usr1)
		}, "inner\nouter\n"},
		{"in the mask", func(say func(...any)) {
			ipclab.Signal(usr2, func(syscall.Signal) { say("after") })
			ipclab.Sigaction(usr1, &ipclab.SigAction{Mask: ipclab.NewSigset(usr2), Handler: func(ipclab.Siginfo) {
				ipclab.Raise(usr2)
				pending, _ := ipclab.Sigpending()
				say("during", pending)
			}})
			ipclab.Raise(usr1)
		}, "during {SIGUSR2}\nafter\n"},
		{"SA_RESETHAND", func(say func(...any)) {
			ipclab.Sigaction(usr1, &ipclab.SigAction{Flags: ipclab.SaResetHand, Handler: func(i ipclab.Siginfo) {
				now, _ := ipclab.Sigaction(usr1, nil)
				say(now)
			}})
			ipclab.Raise(usr1)
			ipclab.Raise(usr1)
		}, "default\nkilled by SIGUSR1"},
		{"several at once", func(say func(...any)) {
			for _, sig := range []syscall.Signal{usr1, usr2, unix.SIGTERM} {
				ipclab.Signal(sig, func(sig syscall.Signal) { say(unix.SignalName(sig)) })
			}
			old, _ := ipclab.Sigprocmask(unix.SIG_SETMASK, ipclab.Sigfillset())
			for _, sig := range []syscall.Signal{usr1, usr2, unix.SIGTERM} {
				ipclab.Raise(sig)
			}
			ipclab.Sigprocmask(unix.SIG_SETMASK, old)
			say(old)
		}, "SIGTERM\nSIGUSR2\nSIGUSR1\n{}\n"}, // each interrupts the one before, as the kernel stacks them
		{"a panic gives the mask back", func(say func(...any)) {
			ipclab.Signal(usr1, func(syscall.Signal) { panic("jump") })
			func() {
				defer func() { say(recover()) }()
				ipclab.Raise(usr1)
			}()
			old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
			say(old)
		}, "jump\n{}\n"},
		{"ignored", func(say func(...any)) {
			ipclab.Sigignore(usr1)
			ipclab.Raise(usr1)
			say(ipclab.Sigaction(usr1, nil))
		}, "ignore <nil>\n"},
		{"the old one is returned", func(say func(...any)) {
			ipclab.Sigaction(usr1, &ipclab.SigAction{Handler: func(i ipclab.Siginfo) { say("first", i.Pid == os.Getpid()) }, Flags: ipclab.SaRestart})
			old, _ := ipclab.Sigaction(usr1, &ipclab.SigAction{Handler: func(ipclab.Siginfo) { say("second") }})
			ipclab.Raise(usr1)
			ipclab.Sigaction(usr1, &old)
			ipclab.Raise(usr1)
			say(old)
		}, "second\nfirst true\nhandler, SA_RESTART\n"},
		{"default actions", func(say func(...any)) {
			ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
			ipclab.Raise(unix.SIGCHLD)
			ipclab.Raise(unix.SIGWINCH)
			say("ignored")
			ipclab.Raise(unix.SIGVTALRM)
		}, "ignored\nkilled by SIGVTALRM"},
		{"a fault by default", func(say func(...any)) {
			ipclab.Sigaction(unix.SIGSEGV, &ipclab.SigAction{})
			ipclab.Raise(unix.SIGSEGV)
		}, "killed by SIGSEGV"},
	} {
		got := strings.TrimSuffix(said(t, c.f), " (core dumped)")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSignalCalls(t *testing.T) {
	const usr1 = unix.SIGUSR1
	alarm := func(flags int) {
		ipclab.Sigaction(unix.SIGALRM, &ipclab.SigAction{Handler: nothing, Flags: flags})
		ipclab.Alarm(5 * time.Millisecond)
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
			child, _ := ipclab.Spawn(func() { os.Exit(3) })
			for info.Pid == 0 {
				ipclab.Pause()
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

// TestSignalsReachOneThread: threads that the Go runtime makes later block no signals, and have to pass them on.
func TestSignalsReachOneThread(t *testing.T) {
	const signals, threads = 200, 8
	ready, w := pipe(t)
	child := spawn(t, func() {
		sum := 0
		ipclab.Sigaction(ipclab.RtMin, &ipclab.SigAction{Handler: func(i ipclab.Siginfo) { sum += i.Value }, Flags: ipclab.SaRestart})
		for range threads {
			started := make(chan struct{})
			go func() {
				runtime.LockOSThread()
				close(started)
				select {}
			}()
			<-started
		}
		w.Write([]byte("x"))
		for sum < signals*(signals+1)/2 {
			ipclab.Pause()
		}
		os.Exit(7)
	})
	ready.Read(make([]byte, 1))
	for i := range signals {
		if err := ipclab.Sigqueue(child.Pid(), ipclab.RtMin, i+1); err != nil {
			t.Fatal(err)
		}
	}
	within(t, func() {
		for {
			// The last signal may have come just before a Pause.
			if ipclab.Sigqueue(child.Pid(), ipclab.RtMin, 0) != nil || ended(child) {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if status, err := child.Wait(); err != nil || status.ExitCode() != 7 {
			t.Errorf("%v, %v; want all %d signals taken", status, err, signals)
		}
	})
}

// ended reports whether a process is a zombie.
func ended(p *ipclab.Process) bool {
	s, err := proc.ReadStat(p.Pid())
	return err != nil || s.State == 'Z'
}

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

func TestReadWithin(t *testing.T) {
	r, w := pipe(t)
	p := make([]byte, 10)
	if _, err := r.ReadWithin(p, 5*time.Millisecond); !errors.Is(err, unix.ETIMEDOUT) || !strings.Contains(err.Error(), "nothing came within 5ms") {
		t.Errorf("empty pipe: %v, want ETIMEDOUT", err)
	}
	w.Write([]byte("abc"))
	if n, err := r.ReadWithin(p, 0); n != 3 || err != nil {
		t.Errorf("read %d, %v; want what is there, whatever the limit", n, err)
	}
	w.Close()
	if n, err := r.ReadWithin(p, time.Minute); n != 0 || err != io.EOF {
		t.Errorf("read %d, %v; want end of file", n, err)
	}
}

func TestSignalTables(t *testing.T) {
	rows := ipclab.Signals().Rows()
	for _, want := range []ipclab.SignalRow{
		{Number: 2, Name: "SIGINT", Default: "terminate", Catchable: true},
		{Number: 9, Name: "SIGKILL", Default: "terminate"},
		{Number: 11, Name: "SIGSEGV", Default: "core", Catchable: true},
		{Number: 19, Name: "SIGSTOP", Default: "stop"},
		{Number: 34, Name: "SIGRTMIN", Default: "terminate", Catchable: true},
		{Number: 64, Name: "SIGRTMIN+30", Default: "terminate", Catchable: true},
	} {
		found := false
		for _, r := range rows {
			found = found || r.Number == want.Number && r.Name == want.Name && r.Default == want.Default && r.Catchable == want.Catchable
		}
		if !found {
			t.Errorf("no row like %+v", want)
		}
	}
	if text := ipclab.Signals().String(); len(rows) != 62 || !strings.Contains(text, "SIGEMT, a general hardware fault, is absent") {
		t.Errorf("%d rows\n%s", len(rows), text)
	}
	var none *ipclab.SignalTable
	if none.Rows() != nil || none.String() == "" {
		t.Error("a nil table has rows")
	}
}

// TestDefaultActions compares the table with what the system does.
func TestDefaultActions(t *testing.T) {
	want := map[string]func(unix.WaitStatus) bool{
		"terminate": unix.WaitStatus.Signaled, "core": unix.WaitStatus.Signaled, "stop": unix.WaitStatus.Stopped,
		"ignore": unix.WaitStatus.Exited, "continue": unix.WaitStatus.Exited,
	}
	for _, r := range ipclab.Signals().Rows() {
		sig := syscall.Signal(r.Number)
		if r.Use != "" || sig == unix.SIGPIPE || sig > ipclab.RtMin {
			continue
		}
		pid, err := ipclab.Fork()
		if err != nil {
			t.Fatal(err)
		}
		if pid == 0 {
			unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
			ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
			ipclab.Raise(sig)
			unix.Exit(0)
		}
		var status unix.WaitStatus
		for err = unix.EINTR; err == unix.EINTR; {
			_, err = unix.Wait4(pid, &status, unix.WUNTRACED, nil)
		}
		if err != nil || !want[r.Default](status) {
			t.Errorf("%s: status %#x, %v; want %s", r.Name, uint32(status), err, r.Default)
		}
		if status.Stopped() {
			unix.Kill(pid, unix.SIGKILL)
			ipclab.WaitPid(pid)
		}
	}
}

func TestSignalState(t *testing.T) {
	got := said(t, func(say func(...any)) {
		ipclab.Signal(unix.SIGUSR1, func(syscall.Signal) {})
		ipclab.Sigignore(unix.SIGUSR2)
		ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGTERM))
		ipclab.Raise(unix.SIGTERM)
		s, err := ipclab.SignalState(0)
		for _, r := range s.Rows() {
			if r.Name != "SIGPIPE" {
				say(r.Name, r.Disposition, r.Blocked, r.Pending, err)
			}
		}
	})
	if want := "SIGUSR1 handler false false <nil>\nSIGUSR2 ignored false false <nil>\nSIGTERM default true true <nil>\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
