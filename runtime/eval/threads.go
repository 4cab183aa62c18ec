package eval

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

// unblockable are signals that no thread of a cell's can block with PthreadSigmask:
// two by which the Go runtime, as the C library, reaches every thread (nptl(7)), and
// the one by which package fork does. Where a thread blocks that, the process cannot
// be copied.
var unblockable = [...]uint{32, 33, fork.StopSignal}

// pthreadSigmask is unix.PthreadSigmask. It leaves some signals out, as the C
// library's does.
func pthreadSigmask(how int, set, old *unix.Sigset_t) error {
	if set != nil && how != unix.SIG_UNBLOCK {
		without := *set
		bits := uint(8 * unsafe.Sizeof(without.Val[0]))
		for _, s := range unblockable {
			without.Val[(s-1)/bits] &^= 1 << ((s - 1) % bits)
		}
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
