//go:build !race

package spin

// Release stores v at p after everything that the caller has stored before. Who loads v atomically sees all of that.
// Unlike a store of package sync/atomic it lets later loads go ahead of it.
//
//go:noescape
func Release(p *uint64, v uint64)
