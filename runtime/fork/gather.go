//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size in bytes of what an entry of the next level of page tables maps: 2 MiB with pages of
// 4 KiB, on amd64 and, as a rule, on arm64.
const hugePage = 2 << 20

func gather(stop func() bool) error {
	mappings, err := heapMappings()
	if err != nil {
		return fmt.Errorf("fork: %w", err)
	}
	for _, m := range mappings {
		for at := (m.start + hugePage - 1) &^ (hugePage - 1); at+hugePage <= m.end; at += hugePage {
			if stop() {
				return ErrGatherStopped
			}
			// EINVAL, EAGAIN, ENOMEM: nothing resident there, or no huge page to be had.
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, at, hugePage, unix.MADV_COLLAPSE)
		}
	}
	return nil
}

type mapping struct{ start, end uintptr }

// heapMappings returns where the Go heap is mapped: its arenas lie side by side.
func heapMappings() (found []mapping, err error) {
	object := new([64]*byte)
	near := uintptr(unsafe.Pointer(object)) >> 36
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(maps) {
		var m mapping
		var access string
		if _, err := fmt.Sscanf(string(line), "%x-%x %s", &m.start, &m.end, &access); err != nil {
			return nil, fmt.Errorf("/proc/self/maps: %q: %w", line, err)
		}
		if access == "rw-p" && m.start>>36 == near {
			found = append(found, m)
		}
	}
	return found, nil
}
