//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestGather(t *testing.T) {
	const size = 16 << 20
	debug.FreeOSMemory() // else what is allocated may be in huge pages that were gathered before
	ballast := make([]byte, size)
	for i := range ballast {
		ballast[i] = byte(i >> 12)
	}
	before := hugeKibibytes(t)
	if err := Gather(func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	if grown := hugeKibibytes(t) - before; canCollapse(t, size) && grown < size>>10/2 {
		t.Errorf("%d KiB more in huge pages of %d KiB allocated", grown, size>>10)
	}
	inChild(t, func() int {
		for i := range ballast {
			if ballast[i] != byte(i>>12) {
				return complain("byte %d is %d", i, ballast[i])
			}
		}
		return 0
	})
	runtime.KeepAlive(ballast)
}

func TestGatherIsStopped(t *testing.T) {
	ballast := bytes.Repeat([]byte{1}, 16<<20)
	asked := 0
	err := Gather(func() bool { asked++; return asked == 2 })
	if !errors.Is(err, ErrGatherStopped) || asked != 2 {
		t.Errorf("%v after %d questions", err, asked)
	}
	runtime.KeepAlive(ballast)
}

// hugeKibibytes is how much of the process is in huge pages.
func hugeKibibytes(t *testing.T) (kibibytes int) {
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "AnonHugePages: %d kB", &kibibytes); err == nil {
			return kibibytes
		}
	}
	t.Fatalf("no AnonHugePages:\n%s", text)
	return 0
}

// canCollapse asks the kernel whether it can make so many bytes of huge pages from resident pages: from Linux 6.1 on, where it
// was built for that and has the memory, and has not made them already when they were first used.
func canCollapse(t *testing.T, size int) bool {
	if enabled, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); bytes.Contains(enabled, []byte("[always]")) {
		t.Log("all memory is in huge pages where it can be")
		return false
	}
	region, err := unix.Mmap(-1, 0, size+hugePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(region)
	for i := range region {
		region[i] = 1
	}
	if err := unix.Madvise(region, unix.MADV_COLLAPSE); err != nil {
		t.Logf("huge pages are not to be had here: %v", err)
		return false
	}
	return true
}
