package process

import (
	"runtime/metrics"
	"time"

	"ipclab/runtime/fork"
)

const (
	// gatherStep is by how many bytes the heap has to grow before it is gathered
	// again.
	gatherStep = 4 << 20
	// gatherLimit bounds how long a cell that comes at once may have to wait. What
	// is left then is for after the next cell.
	gatherLimit = 10 * time.Millisecond
)

// gatherHeap makes later forks faster once a cell has left a larger heap
// behind. It comes before a frozen copy is made, with which pages would be
// shared: to gather those is to have them twice.
func (w *worker) gatherHeap() {
	size := heapSize()
	if size < w.gathered+gatherStep {
		return
	}
	w.gathered = size
	end := time.Now().Add(gatherLimit)
	if err := fork.Gather(func() bool { return time.Now().After(end) }); err != nil {
		w.gathered = 0
	}
}

// heapSize is how many bytes of the heap are in use.
func heapSize() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() + sample[1].Value.Uint64()
}
