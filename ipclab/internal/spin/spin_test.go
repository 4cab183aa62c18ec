package spin

import (
	"sync/atomic"
	"testing"
)

// TestRelease: who sees the word sees what was stored before it.
func TestRelease(t *testing.T) {
	const rounds = 100_000
	var data, word uint64
	done := make(chan uint64)
	go func() {
		wrong := uint64(0)
		for last := uint64(0); last < rounds; {
			n := atomic.LoadUint64(&word)
			if atomic.LoadUint64(&data) < n {
				wrong++
			}
			last = n
			Pause()
		}
		done <- wrong
	}()
	for i := uint64(1); i <= rounds; i++ {
		atomic.StoreUint64(&data, i)
		Release(&word, i)
	}
	if wrong := <-done; wrong > 0 {
		t.Errorf("%d times the word was there before the data", wrong)
	}
}
