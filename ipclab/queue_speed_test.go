package ipclab_test

import (
	"fmt"
	"testing"

	"ipclab/ipclab"
)

// queueRounds is how often each takes its turn.
const queueRounds = 21

// BenchmarkQueueSpeed prints the queue and the ring beside their C programs: on two processors, if there are, and on one.
func BenchmarkQueueSpeed(b *testing.B) {
	for _, cpus := range [][]int{{0, 1}, {0}} {
		b.Run(fmt.Sprint(cpus), func(b *testing.B) {
			for range b.N {
				t, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 10_000, Rounds: 101, CPUs: cpus})
				if err != nil {
					b.Fatal(err)
				}
				fmt.Println(t)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
