//go:build !race

package spin

// Release stores v at p after everything that the caller has stored before. Who loads v atomically sees all of that.
// Unlike a store of package sync/atomic it lets later loads go ahead of it, and so costs a tenth.
//
// Stores of amd64 are seen in the order of the program. A call that is not inlined keeps the compiler to that order, and
// one into Go is cheaper than one into assembly.
//
//go:noinline
func Release(p *uint64, v uint64) { *p = v }
