//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Bounds of Fork's waits.
var (
	turnLimit = 30 * time.Second // for other goroutines that fork
	lockLimit = 10 * time.Second // for syscall.ForkLock
	stopLimit = 3 * time.Second  // for the conductor to begin, and then for the others to stop

	blockedLimit = 500 * time.Millisecond // for a thread that blocks StopSignal, by Freeze, for which a cell waits
)

// Fork stops the threads for firstPatience before it lets all go on, for a quarter of that, and tries again
// with twice the patience, up to maxPatience. A thread may be about to begin or to end, with all signals
// blocked, and wait for a lock of the runtime; whoever has the lock must not have been stopped for ever.
const (
	firstPatience = 10 * time.Millisecond
	maxPatience   = 500 * time.Millisecond
)

// maxRooms is how often Fork makes room for what there turned out to be more of than expected.
const maxRooms = 20

// forkInTurn copies the process. No other goroutine is in it.
func forkInTurn() (int, error) {
	if err := stillStuck(); err != nil {
		return -1, err
	}
	unlock, err := lockFork()
	if err != nil {
		return -1, err
	}
	err = forkPatiently()
	unlock()
	if err != nil {
		return -1, err
	}
	if work.pid == 0 && !freezer.asked {
		settleSignals()
	}
	return work.pid, nil
}

// forkPatiently tries until the process is copied or there is no hope.
func forkPatiently() error {
	start, rooms := time.Now(), 0
	var asleep uint32 // the thread that blocked StopSignal and slept in the attempt before
	for patience := firstPatience; ; {
		if err := prepare(patience); err != nil {
			return err
		}
		if err := askConductor(); err != nil {
			return err
		}
		switch {
		case work.step == stepNone:
			return nil
		case work.step == stepStop && stopRequests == nil && asleep == work.thread && sleepsBlocking(int(work.thread)):
			requestStopSignal()
		case work.step == stepStop && freezer.asked && time.Since(start) > blockedLimit && blocksStop(int(work.thread)):
			return failure()
		case (work.step == stepStop || work.step == stepStray) && time.Since(start) < stopLimit:
			asleep = 0
			if sleepsBlocking(int(work.thread)) {
				asleep = work.thread // it may wait for a lock that it gets now
			}
			time.Sleep(patience / 4)
			patience = min(2*patience, maxPatience)
		case rooms < maxRooms && makeRoom():
			rooms++
		default:
			return failure()
		}
	}
}

// lockFork locks syscall.ForkLock, so that no thread is between fork and exec: such a thread takes no
// signal until the exec, and its child shares this process's memory.
func lockFork() (unlock func(), err error) {
	if syscall.ForkLock.TryLock() {
		return syscall.ForkLock.Unlock, nil
	}
	locked, abandoned := make(chan struct{}), make(chan struct{})
	go func() {
		syscall.ForkLock.Lock()
		select {
		case locked <- struct{}{}:
		case <-abandoned:
			syscall.ForkLock.Unlock()
		}
	}()
	t := time.NewTimer(lockLimit)
	defer t.Stop()
	select {
	case <-locked:
		return syscall.ForkLock.Unlock, nil
	case <-t.C:
		close(abandoned)
		return nil, fmt.Errorf("fork: syscall.ForkLock was held for %v: %w", lockLimit, unix.ETIMEDOUT)
	}
}

// askConductor has this thread copy the process and returns when work.outcome is valid: in the parent and in
// the child. All of it happens in the call of tgkill, unless the goroutine has come to another thread meanwhile.
func askConductor() error {
	start := time.Now()
	conductor := uint32(unix.Gettid())
	nameConductor(conductor)
	atomic.StoreUint32(&shared.request, requestMade)
	if e := signalThread(conductor, StopSignal); e != 0 {
		atomic.StoreUint32(&shared.request, requestNone)
		return fmt.Errorf("fork: tgkill of thread %d: %w", conductor, e)
	}
	for i := 0; ; i++ {
		state := atomic.LoadUint32(&shared.request)
		if state == requestDone {
			return nil
		}
		if state == requestMade && time.Since(start) > stopLimit &&
			atomic.CompareAndSwapUint32(&shared.request, requestMade, requestNone) {
			return stopError(int(conductor))
		}
		sleepOnRequest(state, i < 10)
	}
}

// sleepOnRequest waits until control.request is not state any more, or for a moment. A brief wait keeps
// the scheduler out: Fork returns sooner where the processor was not given to another goroutine.
func sleepOnRequest(state uint32, brief bool) {
	word := uintptr(unsafe.Pointer(&shared.request))
	t := unix.NsecToTimespec(int64(time.Millisecond))
	if brief {
		syscall.RawSyscall6(unix.SYS_FUTEX, word, futexWait, uintptr(state), uintptr(unsafe.Pointer(&t)), 0, 0)
		return
	}
	syscall.Syscall6(unix.SYS_FUTEX, word, futexWait, uintptr(state), uintptr(unsafe.Pointer(&t)), 0, 0)
}
