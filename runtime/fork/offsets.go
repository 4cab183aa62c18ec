//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// offsets is where this build of the Go runtime keeps what a new thread has to have.
var offsets struct {
	m             uintptr // g.m
	procid        uintptr // m.procid
	vdso, vdsoEnd uintptr // where the vDSO is mapped, 0 if it is not
}

const (
	sizeG = 256  // how far into a g to look
	sizeM = 1024 // how far into an m
)

// findOffsets looks for them. It reads through /proc/self/mem, where a wrong guess is an error and no fault.
func findOffsets() error {
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		return fmt.Errorf("fork: %w", err)
	}
	defer mem.Close()
	words := memory{mem}
	if offsets.m, err = words.findM(); err != nil {
		return err
	}
	if offsets.procid, err = words.findProcid(); err != nil {
		return err
	}
	offsets.vdso, offsets.vdsoEnd, err = findVDSO()
	return err
}

type memory struct{ *os.File }

// words returns the words at address, as many as can be read.
func (f memory) words(address uintptr, n int) []uintptr {
	b := make([]byte, n*8)
	got, _ := f.ReadAt(b, int64(address))
	w := make([]uintptr, got/8)
	for i := range w {
		w[i] = uintptr(binary.NativeEndian.Uint64(b[i*8:]))
	}
	return w
}

// findM finds g.m: m begins with m.g0, and the m of that g is m.
func (f memory) findM() (uintptr, error) {
	var found []uintptr
	for i, m := range f.words(getg(), sizeG/8) {
		offset := uintptr(i) * 8
		g0 := f.words(m, 1)
		if m == 0 || len(g0) == 0 {
			continue
		}
		if back := f.words(g0[0]+offset, 1); len(back) == 1 && back[0] == m {
			found = append(found, offset)
		}
	}
	return only("g.m", found)
}

// findProcid finds m.procid: there two threads have their ids.
func (f memory) findProcid() (uintptr, error) {
	for range 100 { // this goroutine may change its thread in between
		here, other, err := f.onTwoThreads()
		if err != nil {
			return 0, fmt.Errorf("fork: %w", err)
		}
		if here.tid != other.tid {
			return only("m.procid", common(here.offsets, other.offsets))
		}
	}
	return 0, fmt.Errorf("%w: the Go runtime uses one thread only", ErrUnsupported)
}

func common(a, b []uintptr) (both []uintptr) {
	for _, o := range a {
		if slices.Contains(b, o) {
			both = append(both, o)
		}
	}
	return both
}

// candidates is where in its m a thread has its id.
type candidates struct {
	tid     int
	offsets []uintptr
}

// onTwoThreads looks here and, while this thread is in a system call, on another. runtime.LockOSThread would
// be simpler, but makes the Go runtime keep one more thread for good, to be stopped for each fork.
func (f memory) onTwoThreads() (here, other candidates, err error) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return here, other, err
	}
	defer unix.Close(pipe[0])
	here = f.findThreadID()
	found := make(chan candidates, 1)
	go func() {
		found <- f.findThreadID()
		unix.Close(pipe[1])
	}()
	for {
		_, err = unix.Read(pipe[0], make([]byte, 1))
		if err != unix.EINTR {
			return here, <-found, err
		}
	}
}

// findThreadID returns the offsets in the calling thread's m where its id is.
func (f memory) findThreadID() candidates {
	c := candidates{tid: unix.Gettid()}
	m := f.words(getg()+offsets.m, 1)
	if len(m) == 0 {
		return c
	}
	for i, w := range f.words(m[0], sizeM/8) {
		if w == uintptr(c.tid) {
			c.offsets = append(c.offsets, uintptr(i)*8)
		}
	}
	return c
}

func only(what string, found []uintptr) (uintptr, error) {
	if len(found) != 1 {
		return 0, fmt.Errorf("%w: %s of the Go runtime %s not found (%d candidates)",
			ErrUnsupported, what, runtime.Version(), len(found))
	}
	return found[0], nil
}

// findVDSO returns the first and the last address plus one of the code that the kernel lends.
func findVDSO() (start, end uintptr, err error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, 0, fmt.Errorf("fork: %w", err)
	}
	for line := range bytes.Lines(maps) {
		if s := string(line); strings.HasSuffix(s, "[vdso]\n") {
			_, err = fmt.Sscanf(s, "%x-%x", &start, &end)
			return start, end, err
		}
	}
	return 0, 0, nil
}
