package futex

import (
	"sync/atomic"
	"time"
)

// A Lock is a lock in a word that processes share. The word is 0 when it is free; otherwise the Owner, with bit 31 set
// if others may wait in the kernel. The zero word is a free lock.
type Lock struct{ word *uint64 }

// waiting is the bit of a lock's word that says that there may be processes to wake.
const waiting = 1 << 31

// At returns the lock in a word that is aligned to 8 bytes.
func At(word *uint64) Lock { return Lock{word} }

// Try takes the lock if it is free. who is Self(); after a Wait it is to be Self().Waited(). Precondition:
//   - the caller holds syscall.ForkLock for reading, until after Unlock.
func (l Lock) Try(who Owner) bool {
	return atomic.LoadUint64(l.word) == 0 && atomic.CompareAndSwapUint64(l.word, 0, uint64(who))
}

// Waited returns the owner with a note that others may wait too: who was woken cannot know.
func (o Owner) Waited() Owner { return o | waiting }

// Unlock frees the lock, and reports whether Wake has to be called.
func (l Lock) Unlock() bool { return atomic.SwapUint64(l.word, 0)&waiting != 0 }

// Wake wakes one process that waits for the lock.
func (l Lock) Wake() { Wake(low(l.word), 1) }

// Holder returns who holds the lock.
func (l Lock) Holder() Owner { return Owner(atomic.LoadUint64(l.word)) }

// Free reports whether nobody holds the lock.
func (l Lock) Free() bool { return l.Holder() == 0 }

// Wait blocks until the lock may be free, or the time is up. Errors are those of the function Wait.
func (l Lock) Wait(limit time.Duration) error {
	held := atomic.LoadUint64(l.word)
	if held == 0 {
		return nil
	}
	if held&waiting == 0 && !atomic.CompareAndSwapUint64(l.word, held, held|waiting) {
		return nil // it has changed: look again
	}
	return Wait(low(l.word), uint32(held|waiting), limit)
}

// TakeOver takes the lock from a holder that does not exist any more. Of many that try, one succeeds. The precondition
// is that of Try.
func (l Lock) TakeOver(dead, who Owner) bool {
	return atomic.CompareAndSwapUint64(l.word, uint64(dead), uint64(who.Waited()))
}
