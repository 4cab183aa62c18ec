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
		{"SIGPIPE", func(say func(...any)) {
			r, w, _ := ipclab.Pipe()
			r.Close()
			_, err := w.Write([]byte("x"))
			say(errors.Is(err, unix.EPIPE))
			ipclab.Signal(unix.SIGPIPE, func(syscall.Signal) { say("handler") })
			w.Write([]byte("x"))
			ipclab.Sigaction(unix.SIGPIPE, &ipclab.SigAction{})
			w.Write([]byte("x"))
		}, "true\nhandler\nkilled by SIGPIPE"},
		{"stopped and continued", func(say func(...any)) {
			ipclab.Signal(unix.SIGCONT, func(syscall.Signal) { say("continued") })
			ipclab.Signal(unix.SIGTSTP, func(syscall.Signal) { say("asked to stop") })
			ipclab.Raise(unix.SIGTSTP)
			ipclab.Raise(unix.SIGCONT)
		}, "asked to stop\ncontinued\n"},
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

// ended reports whether a process has ended, though nobody has waited for it.
func ended(p *ipclab.Process) bool {
	return !stillRuns(p.Pid())
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
