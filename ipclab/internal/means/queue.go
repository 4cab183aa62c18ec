package means

import (
	"io"

	"ipclab/ipclab/internal/queue"
)

var queues = []*Means{{
	Name: "queue", Style: Raw, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
	About: "a message in a bounded queue in shared memory for each direction, with a lock and two semaphores that survive whoever has them; nobody is told that the other has ended",
	Open:  openQueues,
}}

// A memoryLine is something in shared memory for each direction, with how both find out whether they share a processor.
type memoryLine[T interface{ Detach() error }] struct {
	out    [2]T // by Side
	memory Line
}

// Close gives the memory back, in this process.
func (l *memoryLine[T]) Close() error {
	for _, t := range l.out {
		t.Detach()
	}
	return l.memory.Close()
}

// Join gives a side both.
func (l *memoryLine[T]) Join(side Side) (End, error) {
	end, err := l.memory.Join(side)
	if err != nil {
		return nil, err
	}
	end.(interface{ connect(out, in T) }).connect(l.out[side], l.out[1-side])
	return end, nil
}

func openQueues(size int) (Line, error) {
	const most = 64
	return openBoth(func() (*queue.Queue, error) { return queue.New(room(size, most), size) }, newQueueEnd)
}

// openBoth makes one for each direction, and the memory for neighbours.
func openBoth[T interface{ Detach() error }](make func() (T, error), end func(send, receive *slot) (End, error)) (Line, error) {
	there, err := make()
	if err != nil {
		return nil, err
	}
	back, err := make()
	if err != nil {
		there.Detach()
		return nil, err
	}
	memory, err := newShared(0, end)
	if err != nil {
		there.Detach()
		back.Detach()
		return nil, err
	}
	return &memoryLine[T]{[2]T{there, back}, memory}, nil
}

// room returns for how many messages there is to be room, a power of two: as many as fit into some memory, but not more
// than most.
func room(size, most int) int {
	const (
		memory = 4 << 20
		least  = 4
	)
	n := least
	for 2*n <= most && 2*n*size <= memory {
		n *= 2
	}
	return n
}

// A queueEnd puts into one queue and takes from the other.
type queueEnd struct {
	out, in *queue.Queue
	neighbours
}

func newQueueEnd(send, receive *slot) (End, error) {
	return &queueEnd{neighbours: newNeighbours(send, receive)}, nil
}

func (e *queueEnd) connect(out, in *queue.Queue) { e.out, e.in = out, in }

// settle tells the queues once whether both sides share a processor.
func (e *queueEnd) settle() {
	if e.look(); e.known {
		e.out.Share(e.one)
		e.in.Share(e.one)
	}
}

func (e *queueEnd) Send(message []byte) error {
	if !e.known {
		e.settle()
	}
	return e.out.Put(message, queue.Forever)
}

func (e *queueEnd) Receive(message []byte) error {
	if !e.known {
		e.settle()
	}
	n, err := e.in.Get(message, queue.Forever)
	if err == nil && n != len(message) {
		err = io.ErrUnexpectedEOF
	}
	return err
}
