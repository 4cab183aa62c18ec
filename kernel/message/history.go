package message

import (
	"crypto/sha256"
	"sync"
)

// historySize is how many signatures are remembered, as many as jupyter_client
// does: 64 Ki. The memory for them, 4 MiB in the end, grows with use.
const historySize = 64 << 10

// digest is the first half of a signature: 128 bits, enough that no two honest
// messages share one.
type digest [16]byte

// history remembers the last signatures, oldest forgotten first.
type history struct {
	mu   sync.Mutex
	size int
	seen map[digest]struct{}
	ring []digest // in order of arrival from next on, once it is full
	next int
}

func newHistory(size int) *history {
	return &history{size: size, seen: map[digest]struct{}{}}
}

// add remembers sum and reports whether it was new.
func (h *history) add(sum [sha256.Size]byte) bool {
	d := digest(sum[:])
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, old := h.seen[d]; old {
		return false
	}
	if len(h.ring) < h.size {
		h.ring = append(h.ring, d)
	} else {
		delete(h.seen, h.ring[h.next])
		h.ring[h.next] = d
		h.next = (h.next + 1) % h.size
	}
	h.seen[d] = struct{}{}
	return true
}
