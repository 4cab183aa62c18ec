//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// buffers are what the conductor's addresses point to.
var buffers struct {
	slots   []slot
	known   []uint32
	records []uint64
	watches []byte
	entries [entriesSize / 8]uint64
	replace []replacement

	// A thread that is late to leave a fork that failed may still write to its slot.
	retired [][]slot
}

// Sizes to begin with.
const (
	firstSlots   = 64
	firstWatches = 16 << 10
)

// prepare gives the conductor all that it needs, and patience to wait for the threads.
func prepare(patience time.Duration) error {
	if err := armStopSignal(); err != nil {
		return err
	}
	shared.main = uint32(unix.Getpid())
	work.limit = int64(patience)
	if len(buffers.watches) == 0 {
		setWatches(firstWatches)
	}
	if len(buffers.slots) == 0 {
		setSlots(firstSlots)
	}
	work.entries = uintptr(unsafe.Pointer(&buffers.entries))
	return setReplacements()
}

// makeRoom reports whether the conductor failed for lack of room, and there is more now.
func makeRoom() bool {
	switch work.step {
	case stepSlots:
		setSlots(2 * len(buffers.slots))
	case stepSpace:
		setWatches(4 * len(buffers.watches))
	default:
		return false
	}
	return true
}

func setSlots(n int) {
	buffers.retired = append(buffers.retired, buffers.slots)
	buffers.slots = make([]slot, n)
	buffers.known = append(make([]uint32, 0, n), buffers.known...)[:n]
	work.stride = attrSize + work.maskSize
	buffers.records = make([]uint64, (uintptr(n)+1)*work.stride/8)

	shared.capacity = uint64(n)
	shared.slots = uintptr(unsafe.Pointer(&buffers.slots[0]))
	work.known = uintptr(unsafe.Pointer(&buffers.known[0]))
	work.records = uintptr(unsafe.Pointer(&buffers.records[0]))
}

func setWatches(n int) {
	buffers.watches = make([]byte, n)
	work.watches = uintptr(unsafe.Pointer(&buffers.watches[0]))
	work.watchesSize = uintptr(n)
}

// setReplacements takes what ReplaceInChild was given, if it can be done.
func setReplacements() error {
	process.mu.Lock()
	buffers.replace = process.replace
	process.mu.Unlock()
	work.replace = uintptr(unsafe.Pointer(unsafe.SliceData(buffers.replace)))
	work.nreplace = uintptr(len(buffers.replace))
	for _, r := range buffers.replace {
		if _, err := unix.FcntlInt(uintptr(r.with), unix.F_GETFD, 0); err != nil {
			return fmt.Errorf("fork: descriptor %d, given to ReplaceInChild for %d: fcntl: %w", r.with, r.fd, err)
		}
		if r.fd == r.with {
			return fmt.Errorf("fork: ReplaceInChild of %d with itself: %w", r.fd, unix.EINVAL)
		}
	}
	return nil
}

// nameConductor makes tid the conductor, and the one before a thread like the others.
func nameConductor(tid uint32) {
	before := shared.caller
	shared.caller = tid
	if i := slices.Index(buffers.known[:work.nknown], tid); i >= 0 && before != tid {
		buffers.known[i] = before
	}
}

// threads returns the number of threads of the process.
func threads() (int, error) {
	n, ok := countThreads()
	if !ok {
		return 0, fmt.Errorf("fork: %s: %w", stepNames[stepCount], work.errno)
	}
	return int(n), nil
}

// findMaskSize finds the size of a set of processors.
func findMaskSize() error {
	var mask [1024]uint64
	n, _, e := syscall.RawSyscall(unix.SYS_SCHED_GETAFFINITY, 0, unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
	if e != 0 {
		return fmt.Errorf("fork: sched_getaffinity: %w", e)
	}
	work.maskSize = (n + 7) &^ 7
	return nil
}
