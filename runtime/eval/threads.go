package eval

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

// pthreadSigmask is unix.PthreadSigmask. The signal by which package fork stops
// threads stays as it is, as the C library's own signals do there: while a thread
// blocks it, the process cannot be copied.
func pthreadSigmask(how int, set, old *unix.Sigset_t) error {
	if set != nil && how != unix.SIG_UNBLOCK {
		without := *set
		bits := uint64(8 * unsafe.Sizeof(without.Val[0]))
		without.Val[(fork.StopSignal-1)/bits] &^= 1 << ((fork.StopSignal - 1) % bits)
		set = &without
	}
	return unix.PthreadSigmask(how, set, old)
}

// unshare is unix.Unshare. It ties the goroutine to its thread, which then ends with
// it: another goroutine would find other descriptors there, or another root.
func unshare(flags int) error {
	runtime.LockOSThread()
	return unix.Unshare(flags)
}

// setns is unix.Setns, with the same care.
func setns(fd, kind int) error {
	runtime.LockOSThread()
	return unix.Setns(fd, kind)
}
