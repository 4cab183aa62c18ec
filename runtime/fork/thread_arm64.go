//go:build linux && !cgo

package fork

// frameMask is where in a signal frame the thread's signal mask is: uc_sigmask, after siginfo.
const frameMask = 128 + 40

// threadG returns the runtime's g of a stopped thread, which arm64 keeps in a register. Only in the vDSO
// may the register hold something else; the runtime keeps g at the bottom of the signal stack meanwhile.
//
//go:nosplit
func threadG(s *slot) uintptr {
	if s.pc >= offsets.vdso && s.pc < offsets.vdsoEnd {
		if g := *(*uintptr)(at(s.stack)); g != 0 {
			return g
		}
	}
	return s.g
}
