package mapped

import "sync/atomic"

// present counts the regions of this process; a forked child has its parent's. foreign is for memory that was mapped by
// other means, of which nobody says when it goes.
var (
	present atomic.Int64
	foreign atomic.Bool
)

// Any tells whether something may be mapped that other processes read and write too: what an assignment changes, they
// may see, and what is read may be theirs.
func Any() bool { return foreign.Load() || present.Load() > 0 }

// Foreign notes that memory is mapped by other means than New.
func Foreign() { foreign.Store(true) }
