//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// hugePage is the size in bytes of what an entry of the next level of page tables maps: 2 MiB with pages
	// of 4 KiB, on amd64 and, as a rule, on arm64.
	hugePage = 2 << 20

	// arena is the size in bytes in which the Go runtime reserves addresses for its heap, one beside the other.
	arena = 64 << 20
)

// gather looks at memory by its address and opens no file: a cell's next descriptor is to have the lowest
// number at all times.
func gather(stop func() bool) error {
	pages := make([]byte, hugePage/os.Getpagesize())
	for at := firstArena(); isMapped(at); at += hugePage {
		if resident := residentPages(at, pages); resident < len(pages)/2 {
			continue // it would grow more than it gains
		}
		if stop() {
			return ErrGatherStopped
		}
		// EINVAL, EAGAIN, ENOMEM: not supported, or no huge page to be had.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, at, hugePage, unix.MADV_COLLAPSE)
	}
	return nil
}

// isMapped reports whether there is a mapping at the address, see mincore(2).
func isMapped(address uintptr) bool {
	var page [1]byte
	_, _, e := unix.Syscall(unix.SYS_MINCORE, address, 1, uintptr(unsafe.Pointer(&page)))
	return e == 0
}

// residentPages counts those of the pages from address on that are resident; there are len(pages), which it uses.
func residentPages(address uintptr, pages []byte) (n int) {
	if _, _, e := unix.Syscall(unix.SYS_MINCORE, address, hugePage, uintptr(unsafe.Pointer(&pages[0]))); e != 0 {
		return 0
	}
	for _, p := range pages {
		n += int(p & 1)
	}
	return n
}
