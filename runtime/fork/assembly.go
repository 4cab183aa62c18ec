//go:build linux && (amd64 || arm64) && !cgo

package fork

//lint:file-ignore U1000 The assembly uses these, and calls conduct.

import "golang.org/x/sys/unix"

// Numbers that the assembly knows as const_NAME, and as slot__size.
const (
	sysFutex     = unix.SYS_FUTEX
	sysGettid    = unix.SYS_GETTID
	sysClone     = unix.SYS_CLONE
	sysSigreturn = unix.SYS_RT_SIGRETURN

	// What the Go runtime asks for when it makes a thread, and the thread pointer.
	threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND |
		unix.CLONE_THREAD | unix.CLONE_SYSVSEM | unix.CLONE_SETTLS
)

// watchPeriod is how often the watcher looks. The kernel adds up to 50 µs.
var watchPeriod = unix.Timespec{Nsec: 100e3}

// onStop is the handler of StopSignal. On the main thread it calls conduct.
func onStop()

// onStopPC is its address.
func onStopPC() uintptr

// revive makes the thread that resumes what is in the slot, once control.resume is set. It returns the
// thread's id or a negative errno.
//
//go:noescape
func revive(s *slot) int

// getg returns the address of the runtime's g of the calling goroutine.
func getg() uintptr

var _ = conduct
