//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// briefLimits makes waits that are bound to fail short, until usual is called: what has to succeed may take its time.
func briefLimits(t *testing.T) (usual func()) {
	stop, lock, turn := stopLimit, lockLimit, turnLimit
	usual = func() { stopLimit, lockLimit, turnLimit = stop, lock, turn }
	t.Cleanup(usual)
	stopLimit, lockLimit, turnLimit = 200*time.Millisecond, 200*time.Millisecond, 200*time.Millisecond
	return usual
}

// blockedStop is a stopLimit for when one thread blocks StopSignal: all others have to stop within it, or Fork may name one
// of them.
const blockedStop = time.Second

// After a fork that failed the process has to be as it was, and the next fork to work.
func checkAsBefore(t *testing.T) {
	t.Helper()
	if err := workOut(); err != nil {
		t.Error(err)
	}
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("there is a child: %d, %v", pid, err)
	}
	inChild(t, func() int {
		if err := workOut(); err != nil {
			return complain("%v", err)
		}
		return 0
	})
}

// holdSignal blocks StopSignal in the calling thread until release is closed.
func holdSignal(blocked chan<- int, release <-chan bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var set, old unix.Sigset_t
	set.Val[0] = 1 << (StopSignal - 1)
	unix.PthreadSigmask(unix.SIG_BLOCK, &set, &old)
	blocked <- unix.Gettid()
	<-release
	unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil)
	blocked <- 0
}

func TestBlockedSignal(t *testing.T) {
	usual := briefLimits(t)
	stopLimit = blockedStop
	blocked, release := make(chan int), make(chan bool)
	go holdSignal(blocked, release)
	tid := <-blocked
	for i := range 3 {
		_, err := Fork()
		var stop *StopError
		if !errors.As(err, &stop) || stop.Thread != tid || !errors.Is(err, unix.ETIMEDOUT) || !stop.Timeout() {
			t.Fatalf("Fork: %v, want a StopError for thread %d", err, tid)
		}
		if !strings.Contains(err.Error(), "it blocks signal 40") {
			t.Errorf("Fork: %v", err)
		}
		// Who has failed a fork is looked at before the next one stops anything.
		if want := map[bool]time.Duration{true: stopLimit, false: stuckLimit}[i == 0]; stop.After != want {
			t.Errorf("Fork %d gave up after %v, want %v", i, stop.After, want)
		}
		if err := workOut(); err != nil {
			t.Error(err)
		}
	}
	close(release)
	<-blocked
	usual()
	checkAsBefore(t)
}

func TestBlockedSignalOfMainThread(t *testing.T) {
	runHelper(t, childLimit, "main blocks")
}

func init() {
	helpers["main blocks"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		blocked, release := make(chan int, 2), make(chan bool)
		status := make(chan int)
		go func() { status <- forkWhileMainBlocks(blocked, release) }()
		holdSignal(blocked, release)
		return <-status
	}
}

func forkWhileMainBlocks(blocked <-chan int, release chan<- bool) int {
	main := <-blocked
	usual := stopLimit
	stopLimit = blockedStop
	_, err := Fork()
	stopLimit = usual
	var stop *StopError
	if !errors.As(err, &stop) || stop.Thread != main {
		return complain("Fork: %v, want a StopError for the main thread", err)
	}
	close(release)
	<-blocked
	if err := run(func() int { return 0 }, 0); err != nil {
		return complain("%v", err)
	}
	return 0
}

// A thread that blocks the signal for a while takes it late: in the fork that it was sent for, or after that
// has failed, in another even.
func TestLateThread(t *testing.T) {
	briefLimits(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))) // Fork has to run beside the thread
	var stop atomic.Bool
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for !stop.Load() {
			blockForAWhile()
		}
	}()
	var failed int
	for i := range 40 {
		stuck = 0 // so that Fork does not wait for the thread before it stops it
		stopLimit = stepLimit
		if i%2 == 0 {
			stopLimit = time.Millisecond
		}
		err := run(func() int { return 0 }, 0)
		if errors.Is(err, unix.ETIMEDOUT) && i%2 == 0 {
			failed++
		} else if err != nil {
			t.Error(err)
			break
		}
	}
	stop.Store(true)
	<-done
	if failed == 0 {
		t.Error("no fork failed")
	}
	stopLimit = stepLimit
	checkAsBefore(t)
}

// blockForAWhile blocks StopSignal and unblocks it without the help of another thread: the scheduler could
// take the processor from it in a function call or by SIGURG.
func blockForAWhile() {
	set, old := uint64(1<<(StopSignal-1)|1<<(unix.SIGURG-1)), uint64(0)
	pause := unix.NsecToTimespec(int64(3 * firstPatience))
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&set)),
		uintptr(unsafe.Pointer(&old)), 8, 0, 0)
	syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&pause)), 0, 0)
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
}

func TestForkLockIsHeld(t *testing.T) {
	usual := briefLimits(t)
	syscall.ForkLock.RLock()
	if _, err := Fork(); !errors.Is(err, unix.ETIMEDOUT) || !strings.Contains(err.Error(), "ForkLock") {
		t.Errorf("Fork: %v", err)
	}
	syscall.ForkLock.RUnlock()
	usual()
	checkAsBefore(t)

	syscall.ForkLock.RLock()
	time.AfterFunc(20*time.Millisecond, syscall.ForkLock.RUnlock)
	checkAsBefore(t)
}

func TestTurnIsTaken(t *testing.T) {
	usual := briefLimits(t)
	process.turn <- struct{}{}
	if _, err := Fork(); !errors.Is(err, unix.ETIMEDOUT) {
		t.Errorf("Fork: %v", err)
	}
	giveTurn()
	usual()
	checkAsBefore(t)
}

func TestReplacementThatCannotBe(t *testing.T) {
	for _, with := range []int{1 << 20, 2} {
		ReplaceInChild(2, with)
		_, err := Fork()
		if want := map[int]error{1 << 20: unix.EBADF, 2: unix.EINVAL}[with]; !errors.Is(err, want) {
			t.Errorf("Fork with descriptor 2 replaced by %d: %v, want %v", with, err, want)
		}
	}
	ReplaceInChild(2, -1)
	checkAsBefore(t)
}

func TestInitComesFirst(t *testing.T) {
	runHelper(t, childLimit, "no init")
	runHelper(t, childLimit, "init elsewhere")
}

func init() {
	helpers["no init"] = func([]string) int {
		if _, err := Fork(); err == nil || err.Error() != "fork: Init has not been called" {
			return complain("Fork: %v", err)
		}
		return 0
	}
	helpers["init elsewhere"] = func([]string) int {
		errs := make(chan error)
		go func() { errs <- Init() }()
		if err := <-errs; err != nil {
			return complain("Init: %v", err)
		}
		if err := run(func() int { return 0 }, 0); err != nil {
			return complain("fork: %v", err)
		}
		return 0
	}
}
