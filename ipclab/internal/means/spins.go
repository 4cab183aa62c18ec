package means

import "slices"

// spinning are the means in which who waits looks for a while before it sleeps or gives way, beside those that are Busy.
var spinning = []string{"spin-futex", "ring", "ring-batch", "queue", "file"}

// Spins reports whether who waits looks again and again, for a while at least. Such means do best with a processor for each
// end; with one for both, looking only keeps the other from answering.
func (m *Means) Spins() bool { return m.Busy || slices.Contains(spinning, m.Name) }
