//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// goHandler is the address of the Go runtime's handler of signals.
var goHandler uintptr

// handlingSig is the address of the Go runtime's array of 65 numbers of 32 bits that say for each signal, 1 or 0,
// whether the handler is in place.
var handlingSig uintptr

// findHandling finds both. The handler is that of SIGURG, by which the runtime reaches its threads. The array is among
// the variables of the program, and known by what it says: 1 for each signal that has the handler, 0 for numbers that
// cannot have one.
func findHandling() error {
	var a sigaction
	if e := setAction(unix.SIGURG, nil, &a); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", unix.SIGURG, e)
	}
	goHandler = a.handler
	handled := make([]bool, lastSignal+1)
	for s := range handled {
		if s > 0 && setAction(syscall.Signal(s), nil, &a) == 0 {
			handled[s] = a.handler == goHandler
		}
	}
	start, end, err := variables()
	if err != nil {
		return err
	}
	there, err := inMemory(start, end)
	if err != nil {
		return err
	}
	var found []uintptr
	for _, r := range there {
		// Not through /proc/self/mem: what is found there would have to be kept on the heap, which Fork copies.
		words := unsafe.Slice((*uint32)(at(r.start)), (r.end-r.start)/4)
		for i := range words[:len(words)-lastSignal] {
			if saysHandled(words[i:], handled) {
				found = append(found, r.start+uintptr(i)*4)
			}
		}
	}
	handlingSig, err = only("handlingSig", found)
	return err
}

type addresses struct{ start, end uintptr }

// inMemory lists the runs of pages that are in memory. To read others would bring them in, and Fork have more to copy.
func inMemory(start, end uintptr) ([]addresses, error) {
	size := uintptr(os.Getpagesize())
	pages := make([]byte, (end-start+size-1)/size)
	_, _, e := syscall.RawSyscall(unix.SYS_MINCORE, start, end-start, uintptr(unsafe.Pointer(unsafe.SliceData(pages))))
	if e != 0 {
		return nil, fmt.Errorf("fork: mincore: %w", e)
	}
	var runs []addresses
	for i, page := range pages {
		at := start + uintptr(i)*size
		switch last := len(runs) - 1; {
		case page&1 == 0:
		case last >= 0 && runs[last].end == at:
			runs[last].end += size
		default:
			runs = append(runs, addresses{at, at + size})
		}
	}
	return runs, nil
}

// saysHandled reports whether the array may begin here. Of a signal that has another handler, or none, it can say both.
func saysHandled(words []uint32, handled []bool) bool {
	for s, is := range handled {
		never := s == 0 || s == int(unix.SIGKILL) || s == int(unix.SIGSTOP)
		if words[s] > 1 || is && words[s] == 0 || never && words[s] == 1 {
			return false
		}
	}
	return true
}

// variables returns where the variables are that the program has no values for in its file, the array among them: the
// writable memory without a gap around one of them. What comes from the file is left out: of that, mincore(2) tells what is in
// the page cache, not what this process has used.
func variables() (start, end uintptr, err error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, 0, fmt.Errorf("fork: %w", err)
	}
	one := uintptr(unsafe.Pointer(&noAction))
	for line := range bytes.Lines(maps) {
		var first, after, offset uintptr
		var access, device string
		var inode uint64
		if _, err := fmt.Sscanf(string(line), "%x-%x %s %x %s %d", &first, &after, &access, &offset, &device, &inode); err != nil {
			return 0, 0, fmt.Errorf("fork: /proc/self/maps: %w", err)
		}
		fits := strings.HasPrefix(access, "rw") && inode == 0
		switch {
		case end > one && (first != end || !fits):
			return start, end, nil
		case !fits:
		case first != end:
			start, end = first, after
		default:
			end = after
		}
	}
	return 0, 0, fmt.Errorf("%w: no variables in /proc/self/maps", ErrUnsupported)
}
