//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// In a child, an interrupt ends the process even at once after Fork returned, though it was asked for in
// the parent; and the child can ask for it.
func TestInterruptInChild(t *testing.T) {
	runHelper(t, childLimit, "interrupt")
}

func init() {
	helpers["interrupt"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		notices := make(chan os.Signal, 10)
		signal.Notify(notices, unix.SIGINT, unix.SIGTERM)
		for i := range 40 {
			s := defaulted[i%len(defaulted)]
			c, err := spawn(func() int {
				time.Sleep(childLimit)
				return 0
			})
			if err == nil {
				err = unix.Kill(c.pid, s)
			}
			if err != nil {
				return complain("%v", err)
			}
			if status, err := c.await(); err != nil || !status.Signaled() || status.Signal() != s {
				return complain("sent %v: status %#x, %v", s, status, err)
			}
		}
		return interruptChildThatAsks()
	}
}

func interruptChildThatAsks() int {
	err := run(func() int {
		notices := make(chan os.Signal, 1)
		signal.Notify(notices, unix.SIGINT)
		unix.Kill(os.Getpid(), unix.SIGINT)
		select {
		case <-notices:
			return 0
		case <-time.After(stepLimit):
			return complain("no notice of an interrupt")
		}
	}, 0)
	if err != nil {
		return complain("%v", err)
	}
	return 0
}

// What an interrupt does in a child does not depend on whether the parent ignores it.
func TestInterruptInChildOfIgnorer(t *testing.T) {
	runHelper(t, childLimit, "ignore")
	runHelper(t, childLimit, "started ignoring", "ignore")
}

func init() {
	// What a shell does with a program in the background, or nohup(1).
	helpers["started ignoring"] = func(args []string) int {
		signal.Ignore(unix.SIGINT, unix.SIGHUP)
		os.Setenv(helperVariable, args[0])
		return complain("%v", unix.Exec("/proc/self/exe", os.Args[:1], os.Environ()))
	}
	helpers["ignore"] = func([]string) int {
		signal.Ignore(unix.SIGINT)
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		unix.Kill(os.Getpid(), unix.SIGINT)
		c, err := spawn(func() int {
			unix.Kill(os.Getpid(), unix.SIGINT)
			time.Sleep(stepLimit)
			return 0
		})
		if err != nil {
			return complain("%v", err)
		}
		if status, err := c.await(); err != nil || !status.Signaled() || status.Signal() != unix.SIGINT {
			return complain("status %#x, %v", status, err)
		}
		return interruptChildThatAsks()
	}
}

// signal.Reset and signal.Ignore undo what stops os/signal's thread, and the handler.
func TestForkAfterReset(t *testing.T) {
	runHelper(t, childLimit, "reset")
}

func init() {
	helpers["reset"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		undo := []func(){
			func() { signal.Reset() },
			func() { signal.Ignore(syscall.Signal(StopSignal)) },
			func() { signal.Reset(syscall.Signal(StopSignal)) },
		}
		for _, f := range undo {
			f()
			if err := run(func() int { return 0 }, 0); err != nil {
				return complain("%v", err)
			}
		}
		return 0
	}
}

// A thread that blocks all signals for a moment is no reason to have os/signal, whose threads would stay.
func TestForkBesideAThreadThatBlocksForAMoment(t *testing.T) {
	runHelper(t, childLimit, "blocks for a moment")
}

func init() {
	helpers["blocks for a moment"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		go blockNowAndThen()
		for range 10 {
			if err := run(func() int { return 0 }, 0); err != nil {
				return complain("%v", err)
			}
		}
		if stopRequests != nil {
			return complain("os/signal was asked for the signal")
		}
		return 0
	}
}

// blockNowAndThen blocks all signals in its thread now and then, for longer than Fork waits at first, and never sleeps.
func blockNowAndThen() {
	runtime.LockOSThread()
	all := unix.Sigset_t{Val: [16]uint64{^uint64(0)}}
	var none unix.Sigset_t
	for {
		for _, set := range []*unix.Sigset_t{&all, &none} {
			_ = unix.PthreadSigmask(unix.SIG_SETMASK, set, nil)
			for begun := time.Now(); time.Since(begun) < 3*firstPatience; {
			}
		}
	}
}

// A child has no pending signals, and its threads block what their originals blocked.
func TestMaskAndPendingSignals(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var set, old unix.Sigset_t
	set.Val[0] = 1 << (unix.SIGUSR1 - 1)
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &set, &old); err != nil {
		t.Fatal(err)
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil)
	unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGUSR1)
	inChild(t, func() int {
		var now unix.Sigset_t
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &now); err != nil || now != set {
			return complain("mask %x, want %x; %v", now.Val[0], set.Val[0], err)
		}
		var pending uint64
		if _, _, e := syscall.RawSyscall(unix.SYS_RT_SIGPENDING, uintptr(unsafe.Pointer(&pending)), 8, 0); e != 0 || pending != 0 {
			return complain("pending %x, errno %d", pending, e)
		}
		return 0
	})
	if err := takeSignal(&set); err != nil {
		t.Errorf("the parent's pending signal: %v", err)
	}
}

// takeSignal removes a pending signal.
func takeSignal(set *unix.Sigset_t) error {
	var zero unix.Timespec
	_, _, e := syscall.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(set)), 0,
		uintptr(unsafe.Pointer(&zero)), 8, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// A child ends with its parent, and not with the thread on which Fork was called.
func TestChildEndsWithParent(t *testing.T) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r := os.NewFile(uintptr(fds[0]), "pipe")
	defer r.Close()
	inChild(t, func() int {
		// This process ends at once; its child keeps the pipe open for as long as it lives.
		unix.Close(fds[0])
		if _, err := spawn(func() int { time.Sleep(childLimit); return 0 }); err != nil {
			return complain("%v", err)
		}
		return 0
	})
	unix.Close(fds[1])
	end := make(chan error, 1)
	go func() {
		_, err := r.Read(make([]byte, 1))
		end <- err
	}()
	select {
	case <-end:
	case <-time.After(childLimit / 2):
		t.Error("the child goes on without its parent")
		<-end
	}
}

// onThreadThatEnds calls f on a thread that ends with the goroutine. The main thread never does.
func onThreadThatEnds(f func()) {
	runtime.LockOSThread()
	if unix.Gettid() != os.Getpid() {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		onThreadThatEnds(f)
	}()
	<-done
	runtime.UnlockOSThread()
}

func TestChildOutlivesThread(t *testing.T) {
	type result struct {
		child
		tid int
		err error
	}
	forked := make(chan result)
	var stop [2]int
	if err := unix.Pipe2(stop[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(stop[0])
	go onThreadThatEnds(func() {
		c, err := spawn(func() int {
			unix.Close(stop[1])
			unix.Read(stop[0], make([]byte, 1))
			return 0
		})
		forked <- result{c, unix.Gettid(), err}
	})
	f := <-forked
	if f.err != nil {
		t.Fatal(f.err)
	}
	for end := time.Now().Add(stepLimit); ; time.Sleep(time.Millisecond) {
		if err := unix.Tgkill(os.Getpid(), f.tid, 0); errors.Is(err, unix.ESRCH) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the thread does not end")
		}
	}
	unix.Close(stop[1])
	if err := f.expect(0); err != nil {
		t.Error(err)
	}
}

// In a child, a goroutine that ends while locked to the thread of Fork ends that thread, not the process.
func TestThreadOfForkEndsInChild(t *testing.T) {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		c := child{generation: work.generation}
		pid, err := Fork()
		if err != nil || pid != 0 {
			if c.pid = pid; err == nil {
				err = c.expect(3)
			}
			done <- err
			return
		}
		go func() {
			time.Sleep(time.Millisecond)
			if err := workOut(); err != nil {
				unix.Exit(complain("%v", err))
			}
			if _, err := os.Stat("/proc/self/exe"); err != nil { // gone if the main thread is
				unix.Exit(complain("%v", err))
			}
			if err := run(func() int { return 0 }, 0); err != nil {
				unix.Exit(complain("fork: %v", err))
			}
			unix.Exit(3)
		}()
	}()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
