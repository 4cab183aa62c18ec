package ptrace

import (
	"encoding/binary"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// inside reports whether a thread makes a call that its user does not know of.
func inside(k *task, i info) bool {
	return !k.foreign && Inside(i.nr, i.args[0], stack(k, i))
}

// Inside reports whether a thread of this very program makes a call that its user does not know of: for the Go runtime's
// scheduler, collector or poller, or for fork, beside its clone, or to keep books. It is known by the functions on the
// stack, whose addresses are the same in all processes of the program: the innermost that says anything decides. The call is
// given by its number and first argument, the stack as where its functions will go on, innermost first.
func Inside(nr, first uint64, stack []uintptr) bool {
	if nr == unix.SYS_EXIT_GROUP {
		return false
	}
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		switch name := f.Function; {
		case under(name, "ipclab/runtime/fork."):
			return nr != unix.SYS_CLONE || first&unix.CLONE_THREAD != 0
		case under(name, books...):
			return true
		case under(name, passage...) && more:
		case under(name, "runtime.call", "runtime.reflectcall"): // a function called by reflection, as the interpreter does
			return false
		case under(name, "runtime.", "internal/runtime/"):
			return true
		default:
			return onBehalf(f, frames)
		}
	}
}

// onBehalf reports whether a function was called by the collector, to clean up what it found to be unreachable, or to have a
// program in C compiled.
func onBehalf(f runtime.Frame, callers *runtime.Frames) bool {
	for ; f.Function != ""; f, _ = callers.Next() {
		if under(f.Function, "runtime.runCleanups", "runtime.runFinalizers", "ipclab/runtime/ccell/build.") {
			return true
		}
	}
	return false
}

// books are functions that keep books for this program, or see what this kernel can do, for which package os forks once.
var books = []string{"ipclab/ipclab/bounds.", "ipclab/ipclab/interrupts.", "ipclab/ipclab.(*root)", "ipclab/ipclab.(*family)", "ipclab/ipclab.(*watcher)", "ipclab/ipclab.(*Trace)", "ipclab/ipclab.findPoller", "ipclab/runtime/wire.", "ipclab/ipclab/internal/proc.", "ipclab/ipclab/procstat.", "os.checkPidfd"}

// passage are functions through which calls pass.
var passage = []string{"internal/runtime/syscall", "syscall.", "golang.org/x/sys/unix.", "internal/poll.", "internal/syscall/", "os.", "io.", "bytes.", "ipclab/ipclab/internal/rawcall."}

func under(name string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// stack returns where the functions on a thread's stack will go on, innermost first, as far as their frames are near.
func stack(k *task, i info) []uintptr {
	const near = 8 << 10
	frame, caller := registers(k, i)
	pcs := []uintptr{uintptr(i.ip)}
	if caller != 0 {
		pcs = append(pcs, uintptr(caller))
	}
	memory := make([]byte, near)
	memory = memory[:k.read(i.sp, memory)]
	for frame >= i.sp && frame+16 <= i.sp+uint64(len(memory)) {
		at := frame - i.sp
		pcs = append(pcs, uintptr(binary.NativeEndian.Uint64(memory[at+8:])))
		outer := binary.NativeEndian.Uint64(memory[at:])
		if outer <= frame {
			break
		}
		frame = outer
	}
	return pcs
}

// read reads from the stack of a thread.
func (k *task) read(address uint64, b []byte) int { return memory(k.pid, address, b) }
