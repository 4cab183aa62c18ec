//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
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
	here := f.findThreadID()
	other := make(chan []uintptr)
	go func() {
		runtime.LockOSThread() // not the main thread, to which its goroutine is locked
		defer runtime.UnlockOSThread()
		other <- f.findThreadID()
	}()
	var found []uintptr
	for _, o := range <-other {
		for _, h := range here {
			if o == h {
				found = append(found, o)
			}
		}
	}
	return only("m.procid", found)
}

// findThreadID returns the offsets in the calling thread's m where its id is.
func (f memory) findThreadID() (found []uintptr) {
	m := f.words(getg()+offsets.m, 1)
	if len(m) == 0 {
		return nil
	}
	for i, w := range f.words(m[0], sizeM/8) {
		if w == uintptr(unix.Gettid()) {
			found = append(found, uintptr(i)*8)
		}
	}
	return found
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
