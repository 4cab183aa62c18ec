package handlers

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestForward: a signal that comes to a thread that does not block it has its function run all the same, whoever sent
// it, and with what the kernel told of it.
func TestForward(t *testing.T) {
	const siUser, siTkill, siKernel = 0, -6, 0x80
	own := func() (pid, thread int) { return unix.Getpid(), unix.Gettid() }
	for name, c := range map[string]struct {
		send func() error // to the calling thread, or to the process
		sig  unix.Signal
		code int
	}{
		"tgkill": {func() error { pid, thread := own(); return unix.Tgkill(pid, thread, unix.SIGUSR1) }, unix.SIGUSR1, siTkill},
		"kill":   {func() error { return unix.Kill(unix.Getpid(), unix.SIGUSR1) }, unix.SIGUSR1, siUser},
		"alarm": {func() error {
			_, err := unix.Setitimer(unix.ItimerReal, unix.Itimerval{Value: unix.Timeval{Usec: 1}})
			return err
		}, unix.SIGALRM, siKernel},
		"sigqueue": {func() error {
			return Queue(unix.Getpid(), int(unix.SIGUSR1), NewInfo(int(unix.SIGUSR1), -1, unix.Getpid(), 0, 7))
		}, unix.SIGUSR1, -1},
	} {
		t.Run(name, func(t *testing.T) {
			child(t, func() string { return forwarded(c.send, int(c.sig), c.code) })
		})
	}
}

// forwarded has a signal come to a thread that lets it in, where the one that takes signals blocks it until it has come.
func forwarded(send func() error, sig, code int) string {
	got := []int{}
	_ = SetAction(sig, Action{Handler: func(i *Info) { got = append(got, i.Signal(), i.Code()) }})
	old := shut()
	sent := make(chan error)
	go func() {
		runtime.LockOSThread()
		setMask(0)
		err := send()
		for begun := time.Now(); err == nil && getMask() == 0; { // until it has come to this thread
			if time.Since(begun) > 10*time.Second {
				err = fmt.Errorf("it did not come")
			}
		}
		sent <- err
	}()
	if err := <-sent; err != nil {
		return err.Error()
	}
	open(old)
	if len(got) != 2 || got[0] != sig || got[1] != code {
		return fmt.Sprintf("signal and code %v, want %d and %d", got, sig, code)
	}
	return ""
}
