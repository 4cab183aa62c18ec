package futex

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

// An Owner is a process: its number in the low 31 bits, and above bit 32 when it started, in clock ticks since boot, cut
// to 32 bits. 0 is nobody.
type Owner uint64

// startShift is where the start time begins.
const startShift = 32

// Pid returns the process number.
func (o Owner) Pid() int { return int(uint32(o) &^ waiting) }

// self is a page whose first word is this process's Owner, once it has been asked for. A forked child finds the page
// zeroed (MADV_WIPEONFORK), so that no process takes itself for its parent. Where Linux cannot do that the word stays 0.
var self, remembers = wipedOnFork()

func wipedOnFork() (word *uint64, works bool) {
	page, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return new(uint64), false
	}
	if unix.Madvise(page, unix.MADV_WIPEONFORK) != nil {
		unix.Munmap(page)
		return new(uint64), false
	}
	return (*uint64)(unsafe.Pointer(&page[0])), true
}

// Self returns the calling process.
func Self() Owner {
	if o := atomic.LoadUint64(self); o != 0 {
		return Owner(o)
	}
	return findSelf()
}

// Known is Self if that has been asked for in this process; else 0.
func Known() Owner { return Owner(atomic.LoadUint64(self)) }

// findSelf asks the operating system, and remembers.
func findSelf() Owner {
	pid := unix.Getpid()
	o := Owner(pid)
	if s, err := proc.ReadStat(pid); err == nil {
		o |= Owner(s.Start) << startShift
	}
	if remembers {
		atomic.StoreUint64(self, uint64(o))
	}
	return o
}

// Same reports whether two owners are one process.
func (o Owner) Same(other Owner) bool { return o&^waiting == other&^waiting }

// Alive reports whether the process still exists and has not ended. One of whom nothing can be learned is alive.
func (o Owner) Alive() bool {
	pid := o.Pid()
	if pid == 0 {
		return false
	}
	s, err := proc.ReadStat(pid)
	if err != nil { // it is gone, or /proc does not show other users' processes (hidepid)
		return unix.Kill(pid, 0) != unix.ESRCH
	}
	if start := o >> startShift; start != 0 && start != Owner(uint32(s.Start)) {
		return false // another process has the number now
	}
	// A process whose first thread has ended looks like a zombie as long as others run.
	return s.State != 'X' && (s.State != 'Z' || s.Threads > 1)
}
