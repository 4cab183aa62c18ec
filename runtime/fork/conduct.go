//go:build linux && (amd64 || arm64) && !cgo

package fork

// The conductor: runs while all other threads are stopped. See doc.go.

import (
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// outcome is what the conductor tells Fork.
type outcome struct {
	pid    int           // the child, 0 in the child, -1 if there is none
	step   step          // what failed, or stepNone
	errno  syscall.Errno // why
	thread uint32        // which thread, for stepStop and stepOwner
}

// conductor is what the conductor needs beyond control. Fork sets it before the request and reads the
// outcome after it.
type conductor struct {
	outcome
	limit      int64   // nanoseconds that the threads have to stop
	started    int64   // when the conductor first looked at the clock, 0 if it has not
	parent     uint32  // the process of which this is a copy, 0 if it is none
	lead       uint64  // in the child, the slot of the copied process's main thread; capacity if that is the conductor
	generation uint32  // how many forks lie between this process and the first
	known      uintptr // [control.capacity]uint32: threads that are sent the signal, kept from fork to fork
	nknown     uint64
	entries    uintptr // [entriesSize]byte: directory entries
	watches    uintptr // [watchesSize]byte: what the network poller watches, as text
	nwatches   uintptr // bytes used
	watchesSize,
	replace, nreplace uintptr // [nreplace]replacement
	masked  bool   // a thread blocks a signal
	blocked uint64 // what any thread blocks: bit n-1 is signal n
	schedules
	actions [len(defaulted)]sigaction // the parent's, in the child
	status  unix.Statx_t
	line    line
	time    unix.Timespec
	event   unix.EpollEvent
	cursor  cursor
	watch   watch
}

var work conductor

// conduct is called by the handler of StopSignal on the thread that Fork named. If Fork asked for it, it
// copies the process.
//
//go:nosplit
func conduct() {
	if !atomic.CompareAndSwapUint32(&shared.request, requestMade, requestAccepted) {
		stray()
		return
	}
	if begin() && stopThreads() && readWatches() {
		saveSchedules()
		noteMasks()
		if copyProcess() && work.pid == 0 {
			if freezer.asked {
				standStill()
				thaw()
			} else {
				completeChild()
			}
		}
	}
	end()
}

// begin opens an odd epoch, in which threads stay in the handler.
//
//go:nosplit
func begin() bool {
	work.outcome = outcome{pid: -1}
	work.started = 0
	// After a fork that failed, a thread may still be on its way from its ticket to its slot. It must
	// not be counted in this epoch, nor fill in a slot of it.
	for atomic.LoadUint32(&shared.arrived) != shared.entered {
		if !pause() {
			return fail(stepStray, unix.EBUSY)
		}
	}
	if atomic.SwapUint32(&shared.asleep, 0) != 0 {
		wake(epoch(), everyone) // who has slept since the last fork; nobody has woken them yet
	}
	atomic.StoreUint32(&shared.arrived, 0)
	atomic.StoreUint32(&shared.want, nobody)
	atomic.StoreUint64(&shared.tickets, uint64(*epoch()+1)<<32)
	return true
}

// end opens an even epoch and tells Fork. In the parent only Fork's thread goes on at once: those that
// are woken here and now would take the processor from it. Another is woken to wake the rest a little later.
//
//go:nosplit
func end() {
	if work.pid > 0 {
		atomic.StoreUint32(&shared.asleep, 1)
	}
	atomic.StoreUint32(&shared.request, requestDone)
	if *epoch()&1 != 0 {
		shared.entered = uint32(atomic.SwapUint64(&shared.tickets, uint64(*epoch()+1)<<32))
	}
	switch {
	case work.pid == 0:
		if work.lead < shared.capacity {
			become(slotAt(work.lead))
		}
		atomic.StoreUint32(&shared.resume, 1)
		wake(&shared.resume, everyone)
	case work.pid < 0:
		wake(&shared.request, 1)
		wake(epoch(), everyone)
	default:
		wake(&shared.request, 1)
		wake(epoch(), 1)
	}
}

// copyProcess is fork(2). A copy that stands still is a child of this process's parent.
//
//go:nosplit
func copyProcess() bool {
	flags := uintptr(unix.SIGCHLD)
	if freezer.asked {
		flags |= unix.CLONE_PARENT
	}
	pid, e := raw(unix.SYS_CLONE, flags, 0, 0)
	if e != 0 {
		return fail(stepClone, e)
	}
	work.pid = int(pid)
	return true
}

//go:nosplit
func fail(s step, e syscall.Errno) bool {
	work.step, work.errno = s, e
	return false
}

// owner returns the word in which the runtime keeps the thread's id (m.procid), to signal it.
//
//go:nosplit
func owner(s *slot) *uint64 {
	m := *(*uintptr)(at(threadG(s) + offsets.m))
	return (*uint64)(at(m + offsets.procid))
}
