package process

import (
	"runtime/metrics"

	"ipclab/runtime/fork"
)

// gatherStep is by how many bytes the heap has to grow before it is gathered
// again.
const gatherStep = 4 << 20

// gatherHeap makes later forks faster once a cell has left a larger heap
// behind, and stops as soon as another cell runs.
func (w *worker) gatherHeap() {
	size := heapSize()
	if size < w.gathered.Load()+gatherStep {
		return
	}
	w.gathered.Store(size)
	go func() {
		err := fork.Gather(func() bool { return len(w.running) > 0 || fork.InChild() })
		if err != nil {
			w.gathered.Store(0) // to be tried again after the next cell
		}
	}()
}

// heapSize is how many bytes of the heap are in use.
func heapSize() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() + sample[1].Value.Uint64()
}
