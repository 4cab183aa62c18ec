//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor: runs while all other threads are stopped. See doc.go.

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// yields is how often the conductor gives way before it sleeps. Threads need a few microseconds to
// arrive; to sleep and be woken takes longer and moves the conductor away from its caches.
const yields = 100

// stopThreads returns when every other thread of the process has arrived in the handler.
//
//go:nosplit
func stopThreads() bool {
	if !signalKnown() {
		return false
	}
	for {
		if !awaitArrivals() {
			return false
		}
		n, ok := countThreads()
		if !ok {
			return false
		}
		// A thread arrives once in an epoch and, having arrived, neither ends nor makes another. So if
		// the numbers are equal, all that there are have arrived.
		if atomic.LoadUint32(&shared.arrived) == n-1 {
			return checkSlots()
		}
		before := work.nknown
		if !listThreads() {
			return false
		}
		if work.nknown == before && !pause() {
			return false
		}
	}
}

// signalKnown sends the signal to the threads of the last fork, which as a rule are all there are.
//
//go:nosplit
func signalKnown() bool {
	for i := uint64(0); i < work.nknown; {
		switch e := signalThread(*knownAt(i), StopSignal); e {
		case 0:
			i++
		case unix.ESRCH:
			forget(i)
		default:
			work.thread = *knownAt(i)
			return fail(stepSignal, e)
		}
	}
	return true
}

// awaitArrivals returns when as many threads have arrived as were sent the signal.
//
//go:nosplit
func awaitArrivals() bool {
	for i := 0; ; i++ {
		atomic.StoreUint32(&shared.want, uint32(work.nknown))
		arrived := atomic.LoadUint32(&shared.arrived)
		if uint64(arrived) >= work.nknown {
			return true
		}
		if i < yields {
			raw(unix.SYS_SCHED_YIELD, 0, 0, 0)
			continue
		}
		work.time = unix.Timespec{Nsec: 1e6}
		_, e := raw6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&shared.arrived)), futexWait, uintptr(arrived),
			uintptr(unsafe.Pointer(&work.time)), 0, 0)
		if e == unix.ETIMEDOUT {
			forgetEnded()
			if !inTime() {
				return false
			}
		}
	}
}

// forgetEnded drops threads that ended before the signal reached them. It leaves in work.thread one that
// is alive and has not arrived.
//
//go:nosplit
func forgetEnded() {
	work.thread = 0
	for i := uint64(0); i < work.nknown; i++ {
		tid := *knownAt(i)
		if hasArrived(tid) {
			continue
		}
		if signalThread(tid, 0) == unix.ESRCH {
			forget(i)
			i--
			continue
		}
		work.thread = tid
	}
}

//go:nosplit
func hasArrived(tid uint32) bool {
	n := uint64(atomic.LoadUint32(&shared.arrived))
	for i := uint64(0); i < n && i < shared.capacity; i++ {
		if slotAt(i).tid == tid {
			return true
		}
	}
	return false
}

// checkSlots reports whether every thread has a slot and is where the runtime believes it to be.
//
//go:nosplit
func checkSlots() bool {
	n := uint64(shared.arrived)
	if n > shared.capacity {
		return fail(stepSlots, unix.EAGAIN)
	}
	for i := uint64(0); i < n; i++ {
		if s := slotAt(i); *owner(s) != uint64(s.tid) {
			work.thread = s.tid
			return fail(stepOwner, unix.EPROTO)
		}
	}
	return true
}

//go:nosplit
func signalThread(tid uint32, signal uintptr) syscall.Errno {
	_, e := raw(unix.SYS_TGKILL, uintptr(shared.main), uintptr(tid), signal)
	return e
}

// pause sleeps for a moment in which an ending thread can end or a new one show itself.
//
//go:nosplit
func pause() bool {
	work.time = unix.Timespec{Nsec: 50e3}
	raw(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&work.time)), 0, 0)
	return inTime()
}

// inTime reports whether work.limit has not passed since its first call for this fork.
//
//go:nosplit
func inTime() bool {
	raw(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&work.time)), 0)
	now := work.time.Nano()
	if work.started == 0 {
		work.started = now
	}
	if now-work.started > work.limit {
		return fail(stepStop, unix.ETIMEDOUT)
	}
	return true
}
