//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor: runs while all other threads are stopped. See doc.go.

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const entriesSize = 32 << 10

var taskPath = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 't', 'a', 's', 'k', 0}

// countThreads returns the number of threads: each counts as a link to /proc/self/task, beside two that
// every directory has. Ending threads count until they are gone.
//
//go:nosplit
func countThreads() (uint32, bool) {
	_, e := raw6(unix.SYS_STATX, atFdcwd, uintptr(unsafe.Pointer(&taskPath)), 0, unix.STATX_NLINK,
		uintptr(unsafe.Pointer(&work.status)), 0)
	if e != 0 {
		return 0, fail(stepCount, e)
	}
	return work.status.Nlink - 2, true
}

// listThreads sends the signal to threads that are not known yet.
//
//go:nosplit
func listThreads() bool {
	fd, e := openRaw(&taskPath[0], unix.O_DIRECTORY)
	if e != 0 {
		return fail(stepList, e)
	}
	ok := true
	for ok {
		n, e := raw(unix.SYS_GETDENTS64, fd, work.entries, entriesSize)
		if e != 0 {
			ok = fail(stepList, e)
		}
		if n == 0 || e != 0 {
			break
		}
		ok = signalNew(work.entries, work.entries+n)
	}
	closeRaw(fd)
	return ok
}

// signalNew does so for the directory entries in memory from p to end: each is an inode number and an
// offset (8 bytes each), its length (2 bytes), a type (1 byte) and a name that ends with a zero byte.
//
//go:nosplit
func signalNew(p, end uintptr) bool {
	for ; p < end; p += uintptr(*(*uint16)(at(p + 16))) {
		tid := threadNamed(p + 19)
		if tid == 0 || tid == shared.caller || isKnown(tid) {
			continue
		}
		if work.nknown == shared.capacity {
			return fail(stepSlots, unix.EAGAIN)
		}
		switch e := signalThread(tid, StopSignal); e {
		case 0:
			*knownAt(work.nknown) = tid
			work.nknown++
		case unix.ESRCH:
		default:
			work.thread = tid
			return fail(stepSignal, e)
		}
	}
	return true
}

// threadNamed returns the number that a name spells, 0 for "." and "..".
//
//go:nosplit
func threadNamed(p uintptr) uint32 {
	n := uint32(0)
	for ; ; p++ {
		c := *(*byte)(at(p))
		if c < '0' || c > '9' {
			return n
		}
		n = n*10 + uint32(c-'0')
	}
}

//go:nosplit
func knownAt(i uint64) *uint32 { return (*uint32)(at(work.known + uintptr(i)*4)) }

//go:nosplit
func isKnown(tid uint32) bool {
	for i := uint64(0); i < work.nknown; i++ {
		if *knownAt(i) == tid {
			return true
		}
	}
	return false
}

//go:nosplit
func forget(i uint64) {
	work.nknown--
	*knownAt(i) = *knownAt(work.nknown)
}
