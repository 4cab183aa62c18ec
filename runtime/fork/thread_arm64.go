//go:build linux && !cgo

package fork

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
