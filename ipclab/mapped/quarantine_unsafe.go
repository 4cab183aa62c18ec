package mapped

import (
	"slices"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reservation are the flags by which addresses are taken without memory.
const reservation = unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_NORESERVE

// What the quarantine keeps at most. Beyond, the oldest addresses go back to the operating system.
const (
	mostRanges = 1024
	mostBytes  = 1 << 36
)

// gone are the addresses at which no region is any more, oldest first. A forked child has its parent's.
var gone struct {
	sync.Mutex
	ranges []lostRange
	bytes  int
}

// A lostRange is where a region, or a part of one, once was.
type lostRange struct {
	base   unsafe.Pointer
	length int
	why    string
}

// forbid puts pages without any permission in the place of what is mapped, which is unmapped by that.
func forbid(base unsafe.Pointer, length int, why string) error {
	if _, err := unix.MmapPtr(-1, 0, base, uintptr(length), unix.PROT_NONE, reservation|unix.MAP_FIXED); err != nil {
		return err
	}
	gone.Lock()
	defer gone.Unlock()
	gone.ranges = append(gone.ranges, lostRange{base, length, why})
	gone.bytes += length
	giveBack(mostRanges, mostBytes)
	return nil
}

// giveBack gives the oldest addresses back until so much is left at most. The caller holds the lock.
func giveBack(ranges, bytes int) {
	for len(gone.ranges) > ranges || gone.bytes > bytes {
		oldest := gone.ranges[0]
		unix.MunmapPtr(oldest.base, uintptr(oldest.length))
		gone.ranges = gone.ranges[1:]
		gone.bytes -= oldest.length
	}
}

// giveAllBack is for a process that may have no more addresses (RLIMIT_AS), and tells whether there were any to give.
func giveAllBack() bool {
	gone.Lock()
	defer gone.Unlock()
	had := len(gone.ranges) > 0
	giveBack(0, 0)
	return had
}

// Gone says what was at an address; ok is false for an address at which no region is known to have been.
func Gone(address uintptr) (why string, ok bool) {
	gone.Lock()
	defer gone.Unlock()
	for _, r := range slices.Backward(gone.ranges) {
		if from := uintptr(r.base); address >= from && address-from < uintptr(r.length) {
			return r.why, true
		}
	}
	return "", false
}
