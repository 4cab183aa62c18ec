package means

import "ipclab/ipclab/internal/queue"

var rings = []*Means{
	{
		Name: "ring", Style: Raw, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "a record in a ring in shared memory for each direction, of one producer and one consumer, without a lock; each is told to the other at once",
		Open:  func(size int) (Line, error) { return openRings(size, newRingEnd) },
	},
	{
		Name: "ring-batch", Style: Raw, Least: 1, Most: streamMost, Copies: 4, OneWay: true,
		About: "as ring, but up to 64 records are gathered, put together and told once",
		Open: func(size int) (Line, error) {
			return openRings(size, func(send, receive *slot) (End, error) { return newBatchEnd(size, send, receive) })
		},
	},
}

func openRings(size int, end func(send, receive *slot) (End, error)) (Line, error) {
	const most = 4096
	return openBoth(func() (*queue.Ring, error) { return queue.NewRing(room(size, most), size) }, end)
}

// A ringEnd puts into one ring and takes from the other.
type ringEnd struct {
	out, in *queue.Ring
	neighbours
}

func newRingEnd(send, receive *slot) (End, error) {
	return &ringEnd{neighbours: newNeighbours(send, receive)}, nil
}

func (e *ringEnd) connect(out, in *queue.Ring) { e.out, e.in = out, in }

// settle tells the rings once whether both sides share a processor.
func (e *ringEnd) settle() {
	if e.look(); e.known {
		e.out.Share(e.one)
		e.in.Share(e.one)
	}
}

func (e *ringEnd) Send(message []byte) error {
	if !e.known {
		e.settle()
	}
	return e.out.Put(message, queue.Forever)
}

func (e *ringEnd) Receive(message []byte) error {
	if !e.known {
		e.settle()
	}
	return e.in.Get(message, queue.Forever)
}

// A batchEnd is a ringEnd that gathers records, and a Flusher.
type batchEnd struct {
	ringEnd
	kept  []byte // records that are not in the ring yet
	spare []byte // the records that were taken together, those that were not received yet
	taken []byte // all of their memory
}

// batchRecords is how many records are gathered at most; batchBytes is how many bytes.
const (
	batchRecords = 64
	batchBytes   = 64 << 10
)

func newBatchEnd(size int, send, receive *slot) (End, error) {
	n := min(max(batchBytes/size, 1), batchRecords) * size
	return &batchEnd{ringEnd: ringEnd{neighbours: newNeighbours(send, receive)}, kept: make([]byte, 0, n), taken: make([]byte, n)}, nil
}

func (e *batchEnd) Send(message []byte) error {
	e.kept = append(e.kept, message...)
	if len(e.kept) < cap(e.kept) {
		return nil
	}
	return e.Flush()
}

// Flush puts what was gathered into the ring.
func (e *batchEnd) Flush() error {
	if len(e.kept) == 0 {
		return nil
	}
	if !e.known {
		e.settle()
	}
	_, err := e.out.PutBatch(e.kept, queue.Forever)
	e.kept = e.kept[:0]
	return err
}

// Receive sends first what was gathered: the other side may wait for it.
func (e *batchEnd) Receive(message []byte) error {
	if len(e.kept) > 0 {
		if err := e.Flush(); err != nil {
			return err
		}
	}
	if len(e.spare) == 0 {
		if !e.known {
			e.settle()
		}
		n, err := e.in.GetBatch(e.taken, queue.Forever)
		if err != nil {
			return err
		}
		e.spare = e.taken[:n*len(message)]
	}
	e.spare = e.spare[copy(message, e.spare):]
	return nil
}
