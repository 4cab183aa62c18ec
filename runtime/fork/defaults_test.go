//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Each signal has its default effect in a child that has asked for none, from the first moment on, and in its child.
func TestDefaultEffectInChild(t *testing.T) { runHelper(t, 3*childLimit, "default effects") }

// passes are signals that a child goes on after: ignored by default, or taken by this package and the Go runtime.
var passes = map[syscall.Signal]bool{
	unix.SIGCHLD: true, unix.SIGCONT: true, unix.SIGURG: true, unix.SIGWINCH: true, sigPerThread: true, StopSignal: true,
}

// stops are signals that stop a process.
var stops = map[syscall.Signal]bool{unix.SIGSTOP: true, unix.SIGTSTP: true, unix.SIGTTIN: true, unix.SIGTTOU: true}

func init() {
	helpers["default effects"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
		if code := allDefault(); code != 0 {
			return code
		}
		if err := run(func() int { return effect(unix.SIGUSR1) + effect(unix.SIGSEGV) + effect(unix.SIGPIPE) }, 0); err != nil {
			return complain("in a child's child: %v", err)
		}
		return 0
	}
}

func allDefault() int {
	for s := syscall.Signal(1); s <= lastSignal; s++ {
		if code := effect(s); code != 0 {
			return code
		}
	}
	return 0
}

// effect sends a signal to a new child and returns 0 if that has the default effect.
func effect(s syscall.Signal) int {
	c, err := spawn(func() int { time.Sleep(childLimit); return 0 })
	if err != nil {
		return complain("%v", err)
	}
	// A group whose parents are all of other sessions is not stopped by the terminal's signals; this one's is not.
	if err := unix.Setpgid(c.pid, c.pid); err != nil {
		return complain("setpgid: %v", err)
	}
	unix.Kill(c.pid, s)
	want := s
	if passes[s] || isIgnored(s) {
		want = unix.SIGKILL
		unix.Kill(c.pid, want)
	}
	var status unix.WaitStatus
	for err = unix.EINTR; err == unix.EINTR; {
		_, err = unix.Wait4(c.pid, &status, unix.WUNTRACED, nil)
	}
	switch {
	case stops[s] && status.Stopped() && status.StopSignal() == s:
		unix.Kill(c.pid, unix.SIGKILL)
		unix.Wait4(c.pid, nil, 0, nil)
	case err != nil || !status.Signaled() || status.Signal() != want:
		return complain("signal %d: status %#x, %v", s, uint32(status), err)
	}
	return 0
}

// isIgnored reports whether this process was started with the signal ignored, which its children inherit. Under Python,
// signal 32 is.
func isIgnored(s syscall.Signal) bool {
	var a sigaction
	return setAction(s, nil, &a) == 0 && a.handler == handlerIgnore
}

// What was asked for in the parent goes on in the child; what was asked for once, or never, does not, and can be asked for.
func TestAskedSignalsInChild(t *testing.T) { runHelper(t, childLimit, "asked signals") }

func init() {
	helpers["asked signals"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		if err := run(func() int {
			return notified(unix.SIGUSR2) + notified(unix.SIGPIPE) + notified(unix.SIGQUIT) + notified(50)
		}, 0); err != nil {
			return complain("asked in the child: %v", err)
		}
		notices, once := make(chan os.Signal, 1), make(chan os.Signal, 1)
		signal.Notify(notices, unix.SIGUSR1)
		signal.Notify(once, unix.SIGUSR2)
		signal.Stop(once)
		if err := run(func() int { return await(notices, unix.SIGUSR1) }, 0); err != nil {
			return complain("asked in the parent: %v", err)
		}
		if code := effect(unix.SIGUSR2); code != 0 {
			return code
		}
		if err := run(func() int { return notified(unix.SIGUSR2) }, 0); err != nil {
			return complain("asked once in the parent and again in the child: %v", err)
		}
		return 0
	}
}

// notified returns 0 if this process is told of a signal that it asks for and sends to itself.
func notified(s syscall.Signal) int {
	notices := make(chan os.Signal, 1)
	signal.Notify(notices, s)
	return await(notices, s)
}

func await(notices chan os.Signal, s syscall.Signal) int {
	unix.Kill(os.Getpid(), s)
	select {
	case <-notices:
		return 0
	case <-time.After(stepLimit):
		return complain("no notice of signal %d", s)
	}
}

// What the kernel sends for a reason goes on as it was: a fault is a panic, a write that nobody can read an error.
func TestFaultsInChild(t *testing.T) {
	inChild(t, func() int {
		debug.SetPanicOnFault(true)
		divisor := 1
		if !panicsOn(func() { *(*int)(nil) = 1 }) || !panicsOn(func() { divisor--; _ = 1 / divisor }) {
			return complain("a fault is no panic")
		}
		var pipe [2]int
		if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
			return complain("%v", err)
		}
		unix.Close(pipe[0])
		if _, err := unix.Write(pipe[1], []byte("x")); !errors.Is(err, unix.EPIPE) {
			return complain("write: %v", err)
		}
		unix.Tgkill(os.Getpid(), unix.Gettid(), LimitSignal)
		notices := make(chan os.Signal, 1)
		signal.Notify(notices, unix.SIGPIPE)
		unix.Write(pipe[1], []byte("x"))
		select {
		case <-notices:
			return 0
		case <-time.After(stepLimit):
			return complain("no notice of a write that nobody can read")
		}
	})
}

func panicsOn(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
