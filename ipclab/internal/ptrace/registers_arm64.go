package ptrace

import "golang.org/x/sys/unix"

// registers returns the frame pointer of a thread that is stopped at a call, and where the function that makes the call
// returns to, which has no frame of its own: that is in the link register.
func registers(k *task, _ info) (frame, caller uint64) {
	const general, framePointer, link = 1, 29, 30 // NT_PRSTATUS
	var r unix.PtraceRegsArm64
	if unix.PtraceGetRegSetArm64(k.tid, general, &r) != nil {
		return 0, 0
	}
	return r.Regs[framePointer], r.Regs[link]
}
