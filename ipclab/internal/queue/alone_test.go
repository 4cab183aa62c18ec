package queue

import "testing"

// BenchmarkAlone is a message put and taken by one process: what the instructions cost, without another processor.
func BenchmarkAlone(b *testing.B) {
	message := make([]byte, 64)
	b.Run("queue", func(b *testing.B) {
		q := anonymous(b, 64, 64)
		for b.Loop() {
			must(b, q.Put(message, Forever))
			_, err := q.Get(message, Forever)
			must(b, err)
		}
	})
	b.Run("ring", func(b *testing.B) {
		r, err := NewRing(4096, 64)
		must(b, err)
		for b.Loop() {
			must(b, r.Put(message, Forever))
			must(b, r.Get(message, Forever))
		}
	})
}
