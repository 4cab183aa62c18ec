package means

import "slices"

// spinning are the means in which who waits looks for a while before it sleeps or gives way, beside those that are Busy.
var spinning = []string{"spin-futex", "ring", "ring-batch", "queue", "file"}

// chanceCalls are the calls by which those means wait, or wake who waits: how many there are for a message depends on how the
// two meet.
var chanceCalls = []string{"futex", "membarrier", "pread64", "sched_yield"}

// Chance reports whether it is chance how often a system call is made for a message.
func (m *Means) Chance(call string) bool {
	return slices.Contains(spinning, m.Name) && slices.Contains(chanceCalls, call)
}

// Spins reports whether who waits looks again and again, for a while at least. Such means do best with a processor for each
// end; with one for both, looking only keeps the other from answering.
func (m *Means) Spins() bool { return m.Busy || slices.Contains(spinning, m.Name) }
