//go:build race

package spin

import "sync/atomic"

// Release stores v at p after everything that the caller has stored before. The race detector sees it.
func Release(p *uint64, v uint64) { atomic.StoreUint64(p, v) }
