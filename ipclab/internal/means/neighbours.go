package means

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// neighbours finds out whether both sides are bound to one processor. Who looks again and again for what the other does
// keeps the other from doing it then. Each side tells the other in shared memory where it runs when it first sends or
// receives, since a measurement chooses processors after Join.
type neighbours struct {
	mine, theirs *uint64
	told         bool
	known        bool
	one          bool // both share a processor
}

func newNeighbours(send, receive *slot) neighbours {
	return neighbours{mine: send.second, theirs: receive.second}
}

// share reports whether both are known to share one processor.
func (n *neighbours) share() bool {
	if !n.known {
		n.look()
	}
	return n.one
}

// look tells the other side, and looks whether that has told.
func (n *neighbours) look() {
	if !n.told {
		atomic.StoreUint64(n.mine, place())
		n.told = true
	}
	if theirs := atomic.LoadUint64(n.theirs); theirs != 0 {
		n.known, n.one = true, theirs == *n.mine && theirs != anywhere
	}
}

// anywhere is the place of who may run on several processors.
const anywhere = ^uint64(0)

// place returns the only processor that the calling thread may run on, counted from 1, or anywhere.
func place() uint64 {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil || set.Count() != 1 {
		return anywhere
	}
	for cpu := 0; ; cpu++ {
		if set.IsSet(cpu) {
			return uint64(cpu) + 1
		}
	}
}
