//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"encoding/binary"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	maxArenas  = 8    // how many of the heap's are looked at
	maxWritten = 1024 // pages; a process that writes more has other worries
	maxRuns    = 256  // of neighbouring pages

	// After so many copies, pages that were written only once are forgotten.
	forgetWritten = 8

	// The heap grows upwards: where so many bytes of addresses after it have nothing resident, it ends.
	emptyEnd = 8 << 20

	present   = 1 << 63 // of an entry of /proc/PID/pagemap, see proc_pid_pagemap(5)
	exclusive = 1 << 56
)

// written are pages of the heap that were written since the last copy that stands still was made. After the
// next copy they will be written again, most likely, and each first write would cost a fault and a copy of the
// page, some microseconds. The copy of the process takes its own of them, so that the process need not.
var written struct {
	runs   [maxRuns]struct{ at, size uintptr }
	n      int
	pages  int
	copies int
	buffer [8192]byte
}

// noteWritten finds them: pages that are not shared with a copy.
func noteWritten() {
	written.n, written.pages = 0, 0
	if written.copies++; written.copies%forgetWritten == 0 {
		return
	}
	f, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(f)
	start := firstArena()
	for at := start; at < start+maxArenas*arena && isMapped(at); at += arena {
		noteWrittenIn(f, at)
	}
	if written.pages > maxWritten {
		written.n = 0
	}
}

// noteWrittenIn does so for one arena.
func noteWrittenIn(pagemap int, at uintptr) {
	size := uintptr(os.Getpagesize())
	last := uintptr(0)
	for end := at + arena; at < end && (last == 0 || at-last < emptyEnd); {
		n, err := unix.Pread(pagemap, written.buffer[:], int64(at/size*8))
		if err != nil || n == 0 {
			return
		}
		for entry := written.buffer[:n]; len(entry) >= 8; entry = entry[8:] {
			e := binary.NativeEndian.Uint64(entry)
			if e&present != 0 {
				last = at
			}
			if e&present != 0 && e&exclusive != 0 {
				addWritten(at, size)
			}
			at += size
		}
	}
}

func addWritten(at, size uintptr) {
	written.pages++
	if n := written.n; n > 0 && written.runs[n-1].at+written.runs[n-1].size == at {
		written.runs[n-1].size += size
		return
	}
	if written.n < maxRuns {
		written.runs[written.n].at, written.runs[written.n].size = at, size
		written.n++
	}
}

// ownWritten is Own.
func ownWritten(stop func() bool) {
	for _, r := range written.runs[:written.n] {
		if stop() {
			return
		}
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, r.at, r.size, unix.MADV_POPULATE_WRITE)
	}
}

// firstArena is the address of the heap's first arena.
func firstArena() uintptr {
	start := uintptr(unsafe.Pointer(new([64]*byte))) &^ (arena - 1) // on the heap or a stack, which is in an arena too
	for isMapped(start - arena) {
		start -= arena
	}
	return start
}
