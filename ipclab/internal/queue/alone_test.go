package queue

import "testing"

// BenchmarkAlone is messages put and taken by one process: what the instructions cost, without another processor.
func BenchmarkAlone(b *testing.B) {
	const many = 1000
	message := make([]byte, 64)
	run := func(name string, put, get func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, step := range []func() error{put, get} {
					for range many {
						if err := step(); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/many, "ns/message")
		})
	}
	q := anonymous(b, many, 64)
	run("queue", func() error { return q.Put(message, Forever) }, func() error { _, err := q.Get(message, Forever); return err })
	r, err := NewRing(1024, 64)
	must(b, err)
	b.Cleanup(func() { r.Detach() })
	run("ring", func() error { return r.Put(message, Forever) }, func() error { return r.Get(message, Forever) })
}
