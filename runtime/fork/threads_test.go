//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// blockThreads starts n threads that wait in read(2) and returns what ends them.
func blockThreads(t *testing.T, n int) (release func()) {
	t.Helper()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { unix.Read(fds[0], make([]byte, 1)) })
	}
	for end := time.Now().Add(stepLimit); ; time.Sleep(time.Millisecond) {
		if now, err := threads(); err != nil || now > n {
			break
		}
		if time.Now().After(end) {
			t.Fatal("threads are late")
		}
	}
	return func() {
		unix.Close(fds[1])
		wg.Wait()
		unix.Close(fds[0])
	}
}

func TestBlockedThreads(t *testing.T) {
	for _, n := range []int{50, 300} { // 300 need more slots than there are at first
		release := blockThreads(t, n)
		for range 5 {
			inChild(t, func() int {
				if now, err := threads(); err != nil || now < n {
					return complain("%d threads, want %d at least; %v", now, n, err)
				}
				if err := workOut(); err != nil {
					return complain("%v", err)
				}
				return 0
			})
		}
		release()
	}
}

// Rooms that turn out too small while the threads are stopped are enlarged.
func TestRoomIsMade(t *testing.T) {
	inChild(t, func() int { return 0 })
	defer func(n int) { setWatches(n) }(len(buffers.watches))
	setWatches(16)
	inChild(t, func() int { return 0 })
	if len(buffers.watches) <= 16 {
		t.Errorf("%d bytes for watches", len(buffers.watches))
	}

	release := blockThreads(t, firstSlots/2)
	defer release()
	process.turn <- struct{}{}
	defer giveTurn()
	setSlots(4)
	work.nknown = 0
	shared.request, work.step = requestNone, stepNone
	if err := askConductor(); err != nil {
		t.Fatal(err)
	}
	if work.step != stepSlots || !makeRoom() || len(buffers.slots) != 8 {
		t.Errorf("step %d, %d slots", work.step, len(buffers.slots))
	}
}

// Threads come and go while the process is copied.
func TestThreadsThatEnd(t *testing.T) {
	stop := meanwhile(2, func() {
		var inner sync.WaitGroup
		for range 3 {
			inner.Go(func() { runtime.LockOSThread() }) // its thread ends with it
		}
		inner.Wait()
	})
	defer stop()
	for range 50 {
		inChild(t, func() int {
			runtime.GC()
			return 0
		})
	}
}

// meanwhile has n goroutines repeat f until stop is called. Their copies in children stop by themselves.
func meanwhile(n int, f func()) (stop func()) {
	var stopped atomic.Bool
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for !stopped.Load() && !InChild() {
				f()
				runtime.Gosched()
			}
		})
	}
	return func() {
		stopped.Store(true)
		wg.Wait()
	}
}

// AllThreadsSyscall waits until every thread has handled a signal of its own.
func TestAllThreadsSyscall(t *testing.T) {
	keepCapabilities := func() syscall.Errno {
		_, _, e := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 0, 0)
		return e
	}
	stop := meanwhile(1, func() {
		if e := keepCapabilities(); e != 0 {
			t.Error(e)
		}
	})
	defer stop()
	for range 50 {
		inChild(t, func() int {
			if e := keepCapabilities(); e != 0 {
				return complain("%v", e)
			}
			runtime.GC()
			return 0
		})
	}
}

// A thread keeps the processors it may run on and its niceness; others have theirs.
func TestSchedule(t *testing.T) {
	done := make(chan bool)
	go onThreadThatEnds(func() {
		defer close(done)
		usual, err := niceness(os.Getpid())
		if err != nil {
			t.Error(err)
			return
		}
		var all, one unix.CPUSet
		if err := unix.SchedGetaffinity(0, &all); err != nil {
			t.Error(err)
			return
		}
		for cpu := range 1024 {
			if all.IsSet(cpu) {
				one.Set(cpu)
				break
			}
		}
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			t.Error(err)
			return
		}
		own := min(usual+3, 19)
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, own); err != nil {
			t.Error(err)
			return
		}
		if err := run(func() int { return checkSchedule(&one, own, &all, usual) }, 0); err != nil {
			t.Error(err)
		}
	})
	<-done
}

// niceness is that of a thread, 0 being the calling one.
func niceness(tid int) (int, error) {
	n, err := unix.Getpriority(unix.PRIO_PROCESS, tid)
	return 20 - n, err // see getpriority(2)
}

func checkSchedule(mine *unix.CPUSet, nice int, main *unix.CPUSet, usual int) int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil || set != *mine {
		return complain("processors %v, want %v; %v", set, *mine, err)
	}
	if err := unix.SchedGetaffinity(os.Getpid(), &set); err != nil || set != *main {
		return complain("processors of the main thread %v, want %v; %v", set, *main, err)
	}
	for tid, want := range map[int]int{0: nice, os.Getpid(): usual} {
		if n, err := niceness(tid); err != nil || n != want {
			return complain("niceness of %d is %d, want %d; %v", tid, n, want, err)
		}
	}
	return 0
}
