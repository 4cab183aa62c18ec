package ptrace

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// registers returns the frame pointer of a thread that is stopped at a call, and where the function that makes the call
// returns to, which has no frame of its own: that is on top of the stack.
func registers(k *task, i info) (frame, caller uint64) {
	var r unix.PtraceRegs
	if unix.PtraceGetRegs(k.tid, &r) != nil {
		return 0, 0
	}
	var top [8]byte
	if k.read(i.sp, top[:]) == len(top) {
		caller = binary.NativeEndian.Uint64(top[:])
	}
	return r.Rbp, caller
}
