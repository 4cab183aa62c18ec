//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor: runs while all other threads are stopped. See doc.go.

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// schedules is where and how each thread may run, which Linux keeps for each thread and clone(2) copies
// from the thread that calls it. Records are those of the slots and, as the last, the conductor's.
type schedules struct {
	records  uintptr // [control.capacity+1][stride]byte: a schedAttr, then a set of processors
	maskSize uintptr // bytes of a set of processors
	stride   uintptr
}

const attrSize = unsafe.Sizeof(unix.SchedAttr{})

//go:nosplit
func scheduleAt(i uint64) uintptr { return work.records + uintptr(i)*work.stride }

//go:nosplit
func saveSchedules() {
	for i := uint64(0); i < uint64(shared.arrived); i++ {
		saveSchedule(i, uintptr(slotAt(i).tid))
	}
	saveSchedule(shared.capacity, uintptr(shared.caller))
}

// saveSchedule leaves zeros for what the kernel does not tell.
//
//go:nosplit
func saveSchedule(i uint64, tid uintptr) {
	p := scheduleAt(i)
	for w := p; w < p+work.stride; w += 8 {
		*(*uint64)(at(w)) = 0
	}
	raw6(unix.SYS_SCHED_GETATTR, tid, p, attrSize, 0, 0, 0)
	raw(unix.SYS_SCHED_GETAFFINITY, tid, work.maskSize, p+attrSize)
}

// restoreSchedule gives the thread that was revived from slot i what it had, where that differs from what
// it has from the conductor. What it may not have again it has not.
//
//go:nosplit
func restoreSchedule(i uint64, tid uintptr) {
	p, own := scheduleAt(i), scheduleAt(shared.capacity)
	if differ(p, own, attrSize) && *(*uint64)(at(p)) != 0 {
		raw(unix.SYS_SCHED_SETATTR, tid, p, 0)
	}
	p, own = p+attrSize, own+attrSize
	if differ(p, own, work.maskSize) {
		raw(unix.SYS_SCHED_SETAFFINITY, tid, work.maskSize, p)
	}
}

// differ compares n bytes, a multiple of eight.
//
//go:nosplit
func differ(p, q, n uintptr) bool {
	for i := uintptr(0); i < n; i += 8 {
		if *(*uint64)(at(p + i)) != *(*uint64)(at(q + i)) {
			return true
		}
	}
	return false
}
