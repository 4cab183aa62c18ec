package ipclab_test

import (
	"fmt"
	"testing"

	"ipclab/ipclab"
)

// What BenchmarkQueueSpeed measures: short runs, in many turns.
const queueMessages, queueRounds = 10_000, 101

// BenchmarkQueueSpeed prints the queue and the ring beside their C programs: on two processors, if there are, and on one.
func BenchmarkQueueSpeed(b *testing.B) {
	for _, cpus := range [][]int{{0, 1}, {0}} {
		b.Run(fmt.Sprint(cpus), func(b *testing.B) {
			for range b.N {
				t, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: queueMessages, Rounds: queueRounds, CPUs: cpus})
				if err != nil {
					b.Fatal(err)
				}
				fmt.Println(t)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
